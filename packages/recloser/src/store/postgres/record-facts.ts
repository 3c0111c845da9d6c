/** A record as the functions keep it (sql/record.sql tells what it must be), read as facts. */
import { StoreError } from "../../errors.ts";
import type { FailureKind } from "../../outcome.ts";
import { CLOSED, type Circuit, type Evidence, type Facts, NO_STREAK, type TripReason } from "../../state.ts";
import { evidenceOf } from "../../trip.ts";
import type { TripRules } from "../store.ts";

/** What words are made of; they are made here, so that the store need not keep them. */
interface WrittenEvidence {
  readonly reason: TripReason;
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
  readonly windowMs: number;
  readonly inRow: number;
  readonly byKind: Readonly<Partial<Record<FailureKind, number>>>;
}

type WrittenCircuit =
  | { readonly is: "closed" }
  | (Omit<Extract<Circuit, { is: "tripped" }>, "evidence"> & { readonly evidence: WrittenEvidence | null });

/** As the server sends it: checked there, so that only what it would not write itself is refused here. */
export interface WrittenFacts extends Omit<Facts, "circuit"> {
  readonly circuit: WrittenCircuit;
  /** Since its first report. */
  readonly rules?: TripRules;
}

/** What is not known here, of a later version, is left out. */
export function factsOf(written: WrittenFacts): Facts {
  const { incarnation, version, generation, circuit, step, cooldownMs, closedAtMs } = written;
  const { holds, override, buckets, streak, served } = written;
  return {
    ...{ incarnation, version, generation, step, cooldownMs, closedAtMs, holds, override, buckets, streak, served },
    circuit: circuitOf(circuit),
  };
}

function circuitOf(written: WrittenCircuit): Circuit {
  if (written.is === "closed") return CLOSED;
  const { evidence, ...circuit } = written;
  return { ...circuit, evidence: evidence === null ? null : wordsOf(evidence) };
}

function wordsOf({ reason, calls, failures, slow, windowMs, inRow, byKind }: WrittenEvidence): Evidence {
  const counts = { successes: calls - failures, failures, slow };
  return evidenceOf(reason, counts, 0, { ...NO_STREAK, failures: inRow }, byKind, windowMs);
}

/** An answer of a function: one text of JSON, whatever the client makes of other types. */
export function answerOf(text: unknown): unknown {
  if (typeof text !== "string") throw new StoreError(`PostgreSQL answered ${typeof text} where text was to come`);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new StoreError("PostgreSQL answered what is no JSON", { cause: error });
  }
}
