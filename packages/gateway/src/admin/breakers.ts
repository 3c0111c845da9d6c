/** The circuits as JSON: what the admin listener shows where nothing larger is mounted on it. */
import type { Recloser } from "recloser";
import { jsonAnswer, methodNotAllowed, notFound } from "./answers.ts";
import type { AdminApp } from "./admin.ts";

const READING: ReadonlySet<string> = new Set(["GET", "HEAD"]);

export function breakersApp(recloser: Recloser): AdminApp {
  return ({ url, method }) => {
    if (new URL(url).pathname !== "/api/v1/breakers") throw notFound();
    if (!READING.has(method)) throw methodNotAllowed("GET, HEAD");
    return jsonAnswer({
      store: storeView(recloser),
      breakers: [...recloser.breakers()].map((breaker) => breaker.snapshot()),
    });
  };
}

function storeView(recloser: Recloser): object {
  const { lastError, ...health } = recloser.storeHealth();
  // What a driver puts into a message may be an address with a password in it.
  return {
    ...health,
    lastError: lastError === null ? null : ((lastError as { code?: string }).code ?? lastError.name),
  };
}
