/** Who ended the call: the caller, a deadline, or another breaker. Asked before any error is looked at by name. */

import { get } from "./safe.ts";
import type { Verdict } from "./verdict.ts";

const CANCELLED: Verdict = { kind: "cancelled" };
const TIMEOUT: Verdict = { kind: "timeout" };

const OWN: ReadonlyMap<unknown, Verdict> = new Map([
  ["ERR_CALL_TIMEOUT", TIMEOUT],
  // A breaker further in refused: nothing was sent, so nothing was learnt about the provider.
  ["ERR_CIRCUIT_OPEN", CANCELLED],
  ["ERR_SHED", CANCELLED],
]);

export function verdictOfOwnCode(code: unknown): Verdict | undefined {
  return OWN.get(code);
}

/** Undefined while the caller has not aborted. A caller's own time limit (`AbortSignal.timeout`) is a slow provider, a plain abort is not. */
export function verdictOfSignal(signal: unknown): Verdict | undefined {
  if (get(signal, "aborted") !== true) return undefined;
  const reason = get(signal, "reason");
  return reason === "TimeoutError" ||
    get(reason, "name") === "TimeoutError" ||
    get(reason, "code") === "ERR_CALL_TIMEOUT"
    ? TIMEOUT
    : CANCELLED;
}
