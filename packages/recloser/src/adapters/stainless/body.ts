/** Which model a request's body names. */
export function modelIn(body: unknown): string | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const model: unknown = body instanceof FormData ? body.get("model") : (body as { model?: unknown }).model;
  return typeof model === "string" && model !== "" ? model : undefined;
}
