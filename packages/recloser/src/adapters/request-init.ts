/** The second argument of `fetch`: what it has, wherever it keeps it, and whose signal ends the request. */

// Fetch §5.4, RequestInit, with what undici adds. A Request may stand there too (`fetch(elsewhere, request)`), which has them as
// accessors of its class: spread, it would be a GET without a body.
const MEMBERS = [
  "method",
  "headers",
  "body",
  "referrer",
  "referrerPolicy",
  "mode",
  "credentials",
  "cache",
  "redirect",
  "integrity",
  "keepalive",
  "duplex",
  "priority",
  "dispatcher",
] as const;

/** The same request with another signal. */
export function withSignal(init: RequestInit | undefined, signal: AbortSignal): RequestInit {
  const given: Record<string, unknown> = { ...init };
  const all = (init ?? {}) as Readonly<Record<string, unknown>>;
  for (const name of MEMBERS) if (all[name] !== undefined) given[name] = all[name];
  return { ...given, signal };
}

/** The caller's signal: that of `init` where it says anything, null too; else that of a request, of whichever copy of `Request`. */
export function signalOf(input: string | URL | Request, init: RequestInit | undefined): AbortSignal | undefined {
  if (init?.signal !== undefined) return init.signal ?? undefined;
  return typeof input === "string" ? undefined : ((input as Partial<Request>).signal ?? undefined);
}
