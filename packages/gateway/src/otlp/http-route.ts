/** The path of a request as one of few: what callers put into it is left out. */
import type { Addressed } from "../formats/addressed.ts";

/** In the words of OpenTelemetry's `http.route`. */
export function httpRoute({ dialect, operation, route }: Addressed): string {
  const named = route === null ? "" : "/r/{route}";
  if (operation.kind === "other") return `${named}${dialect.name === "gemini" ? "/v1beta" : "/v1"}/{path}`;
  const own = operation.ownPath("{model}").replace(encodeURIComponent("{model}"), "{model}");
  return `${named}${dialect.name === "openai" ? "/v1" : ""}${own}`;
}
