/** Gemini's HTTP API. Sources: ai.google.dev/api (paths), google.rpc.Status and ErrorInfo (errors). */
import type { Dialect, Operation, Problem } from "./dialect.ts";

const MODEL_CALL = /^\/(v1(?:alpha|beta)?)\/((?:models|tunedModels)\/)([^/:]+):([A-Za-z]+)$/;
const MODELS = /^\/v1(?:alpha|beta)?\/models$/;
const VERBS: ReadonlyMap<string, Operation["kind"]> = new Map([
  ["generateContent", "generate"],
  ["streamGenerateContent", "generate"],
  ["countTokens", "count"],
  ["embedContent", "embed"],
  ["batchEmbedContents", "embed"],
]);

export const gemini: Dialect = {
  name: "gemini",
  prefixes: ["/gemini"],
  operation(method, path) {
    const [, version, collection = "", model, verb = ""] = MODEL_CALL.exec(path) ?? [];
    if (model !== undefined) {
      return {
        kind: method === "POST" ? (VERBS.get(verb) ?? "other") : "other",
        model: decoded(model),
        streams: verb.startsWith("stream"),
        verb,
        ownPath: (name) => `/${version}/${collection}${encodeURIComponent(name)}:${verb}`,
      };
    }
    if (!/^\/v1(?:alpha|beta)?\//.test(path)) return null;
    const kind = method === "GET" && MODELS.test(path) ? "list" : "other";
    return { kind, model: null, streams: false, verb: null, ownPath: () => path };
  },
  errorBody: (problem) => ({ error: errorOf(problem) }),
  errorEvent: (problem) => `data: ${JSON.stringify({ error: errorOf(problem) })}\n\n`,
};

function errorOf({ status, code, message, facts }: Problem): object {
  const metadata: Record<string, string> = { code };
  for (const [name, value] of Object.entries(facts)) metadata[name] = String(value);
  const info = { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason: code.toUpperCase(), domain: "recloser" };
  return { code: status, message, status: statusNameOf(status), details: [{ ...info, metadata }] };
}

function statusNameOf(status: number): string {
  if (status === 401) return "UNAUTHENTICATED";
  if (status === 403) return "PERMISSION_DENIED";
  if (status === 404) return "NOT_FOUND";
  if (status === 429) return "RESOURCE_EXHAUSTED";
  if (status === 504) return "DEADLINE_EXCEEDED";
  if (status < 500) return "INVALID_ARGUMENT";
  return status === 503 ? "UNAVAILABLE" : "INTERNAL";
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
