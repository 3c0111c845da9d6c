/** The calls of a scenario: each hangs until the scenario ends it, whoever guards it. */
import type { Answer, End } from "./contender.ts";

const FALLBACK = "the fallback's answer";

export const fallbackAnswer = (): string => FALLBACK;

/** What a guard is given to call. */
export interface Guarded {
  readonly signal: AbortSignal;
  /** The call to the provider. */
  readonly act: () => Promise<string>;
  /** The same as a stream. */
  readonly open: () => AsyncIterable<string>;
}

interface Call {
  isMade: boolean;
  outcome: Answer | null;
  readonly abort: AbortController;
  end: ((end: End) => void) | null;
}

export class Calls {
  readonly #calls = new Map<string, Call>();

  /** Begins a call through `guard`. */
  begin(name: string, guard: (guarded: Guarded) => Promise<string>): void {
    const call: Call = { isMade: false, outcome: null, abort: new AbortController(), end: null };
    this.#calls.set(name, call);
    const guarded: Guarded = {
      signal: call.abort.signal,
      act: () => answerOf(call),
      open: () => streamOf(call),
    };
    guard(guarded).then(
      (answer) => (call.outcome = answer === FALLBACK ? "fallback" : "answered"),
      () => (call.outcome = call.isMade ? "failed" : "rejected"),
    );
  }

  end(name: string, end: End): void {
    const call = this.#calls.get(name);
    // Refused, or given up by a time limit: its caller has an answer.
    if (call !== undefined && call.outcome !== null) return;
    if (call === undefined || call.end === null) throw new Error(`${name} was not made, so nothing can end it`);
    if (end.kind === "cancelled") call.abort.abort(cancellation());
    call.end(end);
  }

  answerOf(name: string): Answer {
    const call = this.#calls.get(name);
    if (call === undefined) throw new Error(`no call ${name} was begun`);
    return call.outcome ?? (call.isMade ? "running" : "waiting");
  }

  answers(): ReadonlyMap<string, Answer> {
    return new Map([...this.#calls.keys()].map((name) => [name, this.answerOf(name)]));
  }
}

async function answerOf(call: Call): Promise<string> {
  const end = await nextEnd(call);
  if (end.kind === "success") return "the provider's answer";
  throw errorOf(end);
}

async function* streamOf(call: Call): AsyncGenerator<string> {
  for (;;) {
    const end = await nextEnd(call);
    if (end.kind === "success") return;
    if (end.kind !== "content") throw errorOf(end);
    yield "a token";
  }
}

function nextEnd(call: Call): Promise<End> {
  call.isMade = true;
  return new Promise((resolve) => (call.end = resolve));
}

// As clients throw them: a status and headers, a name, a code.
function errorOf(end: End): Error {
  if (end.kind === "cancelled") return cancellation();
  if (end.kind !== "status") return Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
  const { status, retryAfterS } = end;
  const headers = new Headers(retryAfterS === undefined ? {} : { "retry-after": String(retryAfterS) });
  return Object.assign(new Error(`the provider answered ${status}`), { status, headers });
}

const cancellation = (): Error => new DOMException("the caller went away", "AbortError");

/** The filter of a careful user for libraries that know no statuses: an error that says nothing about the provider. */
export function isCallerError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error.name === "AbortError") return true;
  const status = "status" in error ? Number(error.status) : 0;
  return status >= 400 && status < 500 && status !== 429;
}
