/** What a line of a log is, and its values read. */
import type { OutcomeKind } from "recloser";
import { classify } from "recloser/classify";

/** A call that was made. Instants are epoch milliseconds. */
export interface RecordedCall {
  /** Which breaker it belongs to. */
  readonly key: string;
  readonly startMs: number;
  readonly endMs: number;
  /** When it had shown itself well: at its end, or with the first content of a stream. */
  readonly shownMs: number;
  readonly kind: OutcomeKind;
}

/** What a line is. */
export type ReadLine =
  | {
      readonly is: "calls";
      readonly calls: readonly RecordedCall[];
      /** Targets that a breaker kept from being asked: what they would have answered is not known. */
      readonly rejected: number;
    }
  /** A line of a log that tells of no call: a start, a warning. */
  | { readonly is: "other" }
  | { readonly is: "bad"; readonly field: string; readonly expected: string; readonly received: string };

const ALL_KINDS: Readonly<Record<OutcomeKind, true>> = {
  ...{ success: true, "server-error": true, overloaded: true, timeout: true, network: true, "stream-error": true },
  ...{ unknown: true, "rate-limited": true, "quota-exhausted": true, auth: true },
  ...{ "caller-error": true, "content-filtered": true, cancelled: true },
};
const KINDS: ReadonlySet<string> = new Set(Object.keys(ALL_KINDS));
const SYNONYMS: Readonly<Record<string, OutcomeKind>> = { ok: "success", error: "unknown", failure: "unknown" };
const RECEIVED_MOST = 60;

/** @returns null: it is no instant */
export function instantOf(value: unknown): number | null {
  if (typeof value === "number") return value > 0 && value < 1e15 ? value : null;
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? null : ms;
}

/** A word, or a status as the library's classifier judges it. */
export function kindOf(value: unknown): OutcomeKind | null {
  if (typeof value === "string" && KINDS.has(value)) return value as OutcomeKind;
  if (typeof value === "string" && Object.hasOwn(SYNONYMS, value)) return SYNONYMS[value] ?? null;
  const status = typeof value === "string" && /^\d{3}$/.test(value) ? Number(value) : value;
  if (typeof status !== "number" || !Number.isInteger(status) || status < 100 || status > 599) return null;
  return statusKind(status);
}

const byStatus = new Map<number, OutcomeKind>();

function statusKind(status: number): OutcomeKind {
  let kind = byStatus.get(status);
  if (kind === undefined) byStatus.set(status, (kind = classify({ response: { status } }).kind));
  return kind;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds, or a duration with its unit. @returns null: it is neither */
export function lengthOf(value: unknown): number | null {
  if (typeof value === "number") return value >= 0 && value < 1e12 ? value : null;
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(typeof value === "string" ? value : "") ?? [];
  return amount === undefined ? null : Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}

export function bad(field: string, expected: string, received: unknown): ReadLine {
  const text = received === undefined ? "nothing" : typeof received === "string" ? received : JSON.stringify(received);
  const shown = text.length > RECEIVED_MOST ? `${text.slice(0, RECEIVED_MOST)}…` : text;
  return { is: "bad", field, expected, received: shown };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
