/** Why no provider wrote the SQL, for whoever reads the answer. */
import { AllRoutesFailedError, CircuitOpenError } from "recloser";

export function whyNot(error: unknown): string {
  if (!AllRoutesFailedError.is(error)) return "The provider could not be asked.";
  return error.tried
    .map(({ route, made, outcome, error: thrown }) => {
      if (!made) return `${route} was not asked${CircuitOpenError.is(thrown) ? ": its circuit is open" : ""}.`;
      return outcome === null ? `${route} was given up: its circuit opened.` : `${route} failed (${outcome.kind}).`;
    })
    .join(" ");
}
