/** The recorded cases of tests/fixtures as inputs of `classify`, and the score of a run over them. */

import { readFileSync } from "node:fs";
import { classify, type ClassifyInput, type Outcome } from "../../packages/recloser/src/classify/index.ts";

export interface OutcomeCase {
  readonly id: string;
  readonly provider: string;
  readonly surface: "http" | "sdk-error" | "stream" | "network";
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly error?: Record<string, unknown>;
  readonly errorName?: string;
  readonly errorCode?: string;
  readonly context?: { readonly signal_aborted: boolean; readonly signal_reason?: string };
  readonly now?: string;
  readonly expect: Outcome & { readonly counts: boolean };
  readonly disputed?: boolean;
}

export interface RetryHintCase {
  readonly kind: string;
  readonly value: string;
  readonly now: string;
  readonly expect_ms: number | null;
  readonly source: string;
}

function fixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), "utf8"));
}

export const outcomeCases = (): OutcomeCase[] => fixture("outcomes") as OutcomeCase[];

/** Cases of one origin. `firstRun` is what the rules got right before they had seen them; null for those they were written by. */
export interface OutcomeSet {
  readonly name: string;
  readonly firstRun: { readonly passed: number; readonly total: number } | null;
  readonly cases: readonly OutcomeCase[];
}

export function outcomeSets(): OutcomeSet[] {
  const { sets } = fixture("more-outcomes") as { sets: OutcomeSet[] };
  return [{ name: "recorded", firstRun: null, cases: outcomeCases() }, ...sets];
}

export const allOutcomeCases = (): OutcomeCase[] => outcomeSets().flatMap(({ cases }) => cases);

export const retryHintCases = (): RetryHintCase[] => fixture("retry-hints") as RetryHintCase[];

/** An error as an SDK would throw it: its class has the recorded name, its other fields are own properties. */
export function buildError(shape: Record<string, unknown>): unknown {
  const { constructor: className, name, message, cause, lastError, ...fields } = shape;
  const called = Object.hasOwn(shape, "constructor") ? className : name;
  if (typeof called !== "string") return { ...shape };
  const error = new (class extends Error {})(typeof message === "string" ? message : "");
  Object.defineProperty(error.constructor, "name", { value: called });
  Object.defineProperty(error, "name", { value: name ?? "Error", configurable: true });
  Object.assign(error, fields);
  if (cause !== undefined) Object.assign(error, { cause: buildError(cause as Record<string, unknown>) });
  if (lastError !== undefined) Object.assign(error, { lastError: buildError(lastError as Record<string, unknown>) });
  return error;
}

function signalOf(context: OutcomeCase["context"]): ClassifyInput["signal"] {
  if (context === undefined) return undefined;
  const reason =
    context.signal_reason === undefined
      ? undefined
      : Object.assign(new Error("stopped"), { name: context.signal_reason });
  return { aborted: context.signal_aborted, reason };
}

export function inputOf(c: OutcomeCase): ClassifyInput {
  const response =
    c.status === undefined
      ? undefined
      : { status: c.status, headers: c.headers, body: c.surface === "stream" ? undefined : c.body };
  const shape = c.error ?? (c.errorName === undefined ? undefined : { name: c.errorName });
  return {
    provider: c.provider === "any" ? undefined : c.provider,
    response,
    stream: c.surface === "stream" ? c.body : undefined,
    error: shape === undefined ? undefined : buildError(shape),
    signal: signalOf(c.context),
    nowMs: c.now === undefined ? undefined : Date.parse(c.now),
  };
}

export interface Mismatch {
  readonly id: string;
  readonly wanted: string;
  readonly got: string;
}

const show = (o: Outcome): string => `${o.kind}/${o.track}/${o.scope}/${o.retryAfterMs}`;

export interface Report {
  readonly total: number;
  readonly passed: number;
  readonly bySurface: ReadonlyMap<string, { passed: number; total: number }>;
  readonly mismatches: readonly Mismatch[];
  readonly confusion: ReadonlyMap<string, ReadonlyMap<string, number>>;
}

export function runCorpus(cases: readonly OutcomeCase[], judge: (input: ClassifyInput) => Outcome = classify): Report {
  const bySurface = new Map<string, { passed: number; total: number }>();
  const confusion = new Map<string, Map<string, number>>();
  const mismatches: Mismatch[] = [];
  for (const c of cases) {
    const got = judge(inputOf(c));
    const row = confusion.get(c.expect.kind) ?? new Map<string, number>();
    row.set(got.kind, (row.get(got.kind) ?? 0) + 1);
    confusion.set(c.expect.kind, row);
    const tally = bySurface.get(c.surface) ?? { passed: 0, total: 0 };
    bySurface.set(c.surface, tally);
    tally.total++;
    if (show(got) === show(c.expect)) tally.passed++;
    else mismatches.push({ id: c.id, wanted: show(c.expect), got: show(got) });
  }
  return { total: cases.length, passed: cases.length - mismatches.length, bySurface, mismatches, confusion };
}

/** Rows: what it was. Columns: what it was taken for. */
export function confusionTable(report: Report): string {
  const kinds = [...new Set([...report.confusion].flatMap(([wanted, row]) => [wanted, ...row.keys()]))].toSorted();
  const lines = [`| expected \\ got | ${kinds.join(" | ")} |`, `|---|${kinds.map(() => "---:|").join("")}`];
  for (const wanted of kinds) {
    const row = report.confusion.get(wanted);
    if (row !== undefined) lines.push(`| ${wanted} | ${kinds.map((kind) => row.get(kind) ?? "").join(" | ")} |`);
  }
  const surfaces = [...report.bySurface]
    .map(([surface, { passed, total }]) => `${surface} ${passed}/${total}`)
    .join(", ");
  return [...lines, "", `${report.passed} of ${report.total} exactly right (${surfaces})`].join("\n");
}
