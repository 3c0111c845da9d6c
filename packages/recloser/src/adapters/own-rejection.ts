/** Whether what a call has thrown is the breaker's own refusal, as it was made, by whichever copy of this package. */
import { type CircuitOpenError, RecloserError, type ShedError } from "../errors.ts";

export function isRejection(error: unknown): error is CircuitOpenError | ShedError {
  if (!RecloserError.is(error)) return false;
  const { code } = error as RecloserError;
  return code === "ERR_CIRCUIT_OPEN" || code === "ERR_SHED";
}
