/** What a simulated provider is made of, as data. */
import { fieldsOf, integerBetween, objectOf, optional, refuse, truth } from "../provider/check.ts";
import { checkedLatency, type Latency } from "../provider/latency.ts";
import { latencies } from "./latencies.ts";
import { checkSegment, type ProviderSegment } from "./provider-mode.ts";

export interface ProviderModelOptions {
  /** Names its streams of randomness; default "provider". Two providers in one world need two names. */
  readonly name?: string;
  /**
   * What goes wrong, and when. All segments that cover the instant at which a call arrives apply to it, in this order: each
   * may change it, and the first that refuses it decides. Calls in service keep the fate they met.
   */
  readonly schedule?: readonly ProviderSegment[];
  /** Where a field is missing, that of {@link latencies}. */
  readonly latency?: Latency;
  /** Chunks of content in a stream; its end marker is one more. Default 5. */
  readonly chunks?: number;
  /** Whether it learns that a caller is gone, and frees the place; default true. Without it a call is simulated in half the time. */
  readonly seesAborts?: boolean;
  /** Keeps `ProviderModel.log`; default false. */
  readonly log?: boolean;
}

/** @throws InvalidOptionError naming the field */
export function readOptions(given: ProviderModelOptions): Required<ProviderModelOptions> & {
  readonly latency: Required<Latency>;
} {
  const anything = (): void => {};
  fieldsOf(given, "", {
    name: anything,
    schedule: anything,
    latency: anything,
    chunks: optional(integerBetween(0, Infinity, "chunks")),
    seesAborts: optional(truth),
    log: optional(truth),
  });
  const { schedule = [] } = given;
  if (!Array.isArray(schedule)) refuse("schedule", "a list of segments", schedule);
  schedule.forEach((segment, index) => checkSegment(segment, `schedule[${index}]`));
  const { answer, firstToken, interToken, error } =
    given.latency === undefined ? {} : checkedLatency(objectOf(given.latency, "latency"), "latency");
  return {
    name: given.name ?? "provider",
    schedule,
    latency: {
      answer: answer ?? latencies.answer,
      firstToken: firstToken ?? latencies.firstToken,
      interToken: interToken ?? latencies.interToken,
      error: error ?? latencies.error,
    },
    chunks: given.chunks ?? 5,
    seesAborts: given.seesAborts ?? true,
    log: given.log ?? false,
  };
}
