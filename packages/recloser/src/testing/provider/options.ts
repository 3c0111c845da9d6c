import { systemClock } from "../../clock.ts";
import type { Clock } from "../../clock.ts";
import type { Random } from "../../random.ts";
import { checkedCapacity } from "./capacity.ts";
import type { Capacity } from "./capacity.ts";
import { fieldsOf, integerBetween, oneOf, optional, refuse } from "./check.ts";
import { DIALECTS } from "./dialects/by-name.ts";
import type { DialectName } from "./dialects/by-name.ts";
import type { Dialect } from "./dialects/dialect.ts";
import { checkedFault } from "./fault.ts";
import type { Fault } from "./fault.ts";
import { checkedLatency } from "./latency.ts";
import type { Latency } from "./latency.ts";
import { checkedSchedule } from "./schedule.ts";
import type { ScheduleStep } from "./schedule.ts";

/** What a request asks of the model. */
export interface AskedOfProvider {
  /** Null for a request that names none. */
  readonly model: string | null;
  /** Everything that was said, instructions included, in the dialect's JSON; a single text as it is. */
  readonly prompt: string;
}

export interface SimulatedProviderOptions {
  /**
   * Whose HTTP API is spoken, paths, streams and errors: `"openai"` (default), `"anthropic"` (Messages), `"gemini"`
   * (of AI Studio, v1beta) or `"ollama"` (its own, and OpenAI's under `/v1`). Keys and versions are not checked.
   */
  readonly dialect?: DialectName;
  /** Makes answers, latencies and the draws of probabilities repeatable; a whole number, default 1. */
  readonly seed?: number;
  /** Default 0: any free port. */
  readonly port?: number;
  /** The address to listen on, default `127.0.0.1`. There is no access control: keep it on loopback. */
  readonly host?: string;
  /** Default: everything takes no time. */
  readonly latency?: Latency;
  /** Default: no limit. */
  readonly capacity?: Capacity;
  /** The fault to begin with, default none. Not together with `schedule`. */
  readonly fault?: Fault | null;
  /** Steps to begin with, default none. */
  readonly schedule?: readonly ScheduleStep[];
  /** How many pieces (about: words) a whole answer has; default 16 to 32, from the seed. */
  readonly answerTokens?: number;
  /**
   * What is answered, for a program that needs answers of a certain form: the text, or null for simulated words. An answer of
   * yours is cut at the request's limit, too.
   */
  readonly answer?: (asked: AskedOfProvider) => string | null;
  /** The models that the dialect's list of models names; requests may name any other. Default `["simulated-large", "simulated-small"]`. */
  readonly models?: readonly string[];
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** For probabilities and latencies; default: from the seed. */
  readonly random?: Random;
}

export interface CheckedOptions {
  readonly dialects: readonly [Dialect, ...Dialect[]];
  readonly seed: number;
  readonly port: number;
  readonly host: string;
  readonly latency: Latency;
  readonly capacity: Capacity | undefined;
  readonly fault: Fault | null;
  readonly schedule: readonly ScheduleStep[] | null;
  readonly answerTokens: number | undefined;
  readonly answer: ((asked: AskedOfProvider) => string | null) | undefined;
  readonly models: readonly string[];
  readonly clock: Clock;
  readonly random: Random | undefined;
}

export function checkedOptions(options: SimulatedProviderOptions): CheckedOptions {
  let latency: Latency = {};
  let capacity: Capacity | undefined;
  let fault: Fault | null = null;
  let schedule: readonly ScheduleStep[] | null = null;
  fieldsOf(options, "", {
    dialect: optional(oneOf(...Object.keys(DIALECTS))),
    seed: optional(integerBetween(0, 0xffff_ffff, "seed")),
    port: optional(integerBetween(0, 65_535, "port")),
    host: optional(textCheck),
    latency: optional((value, option) => void (latency = checkedLatency(value, option))),
    capacity: optional((value, option) => void (capacity = checkedCapacity(value, option))),
    fault: optional((value, option) => void (fault = checkedFault(value, option))),
    schedule: optional((value, option) => void (schedule = checkedSchedule(value, option))),
    answerTokens: optional(integerBetween(1, 1_000_000, "pieces")),
    answer: optional(answerCheck),
    models: optional(modelsCheck),
    clock: optional(clockCheck),
    random: optional(randomCheck),
  });
  if (fault !== null && schedule !== null)
    refuse("schedule", "no schedule beside a fault: one of them", options.schedule);
  const {
    dialect = "openai",
    seed = 1,
    port = 0,
    host = "127.0.0.1",
    answerTokens,
    models = ["simulated-large", "simulated-small"],
  } = options;
  return {
    dialects: DIALECTS[dialect],
    seed,
    port,
    host,
    latency,
    capacity,
    fault,
    schedule,
    answerTokens,
    answer: options.answer,
    models,
    clock: options.clock ?? systemClock,
    random: options.random,
  };
}

function textCheck(value: unknown, option: string): void {
  if (typeof value !== "string" || value === "") refuse(option, "a text that is not empty", value);
}

function modelsCheck(value: unknown, option: string): void {
  if (!Array.isArray(value) || !value.every((each) => typeof each === "string" && each !== ""))
    refuse(option, "a list of model names", value);
}

function answerCheck(value: unknown, option: string): void {
  if (typeof value !== "function") refuse(option, "a function that gives the text of an answer, or null", value);
}

function clockCheck(value: unknown, option: string): void {
  const clock = value as Partial<Clock> | null;
  if (typeof clock?.now !== "function" || typeof clock.sleep !== "function")
    refuse(option, "a clock with now() and sleep()", value);
}

function randomCheck(value: unknown, option: string): void {
  if (typeof value !== "function") refuse(option, "a function that gives numbers in [0, 1)", value);
}
