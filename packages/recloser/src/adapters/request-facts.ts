/** What a request to a provider tells of itself: who is asked, for which model, and by which SDK. Reads, never consumes. */

export interface RequestFacts {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  /** The provider's name, or the host's for one that is not known. */
  readonly provider: string;
  /** From a JSON body that is a string, or from the path; undefined where neither names one. */
  readonly model: string | undefined;
  /** Whether a stream is asked for, as body, path or `Accept` say it. */
  readonly streams: boolean;
}

// By host: what a base URL says about whose dialect is spoken there.
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)openai\.com$/, "openai"],
  [/\.openai\.azure\.com$|\.services\.ai\.azure\.com$/, "azure-openai"],
  [/(^|\.)anthropic\.com$/, "anthropic"],
  [/^generativelanguage\.googleapis\.com$/, "gemini"],
  [/(^|-)aiplatform\.(?:[\w-]+\.rep\.)?googleapis\.com$/, "vertex"],
  [/^bedrock-runtime\..*\.amazonaws\.com$/, "bedrock"],
  [/(^|\.)mistral\.ai$/, "mistral"],
  [/(^|\.)groq\.com$/, "groq"],
  [/(^|\.)openrouter\.ai$/, "openrouter"],
];

// Gemini, Vertex and Bedrock put the model into the path; Azure its deployment.
const MODEL_IN_PATH = /\/(?:models|model|tunedModels|endpoints|deployments)\/([^/:]+)/;

// Gemini, Vertex and Bedrock say it by the path; Ollama streams unless it is told not to.
const STREAMS_BY_PATH = /:stream\w+$|-stream$|\/api\/(?:chat|generate)$/;

/** @throws TypeError for a URL that `fetch` would refuse too */
export function requestFacts(input: string | URL | Request, init: RequestInit | undefined): RequestFacts {
  const request = typeof input === "string" || input instanceof URL ? null : input;
  const url = new URL(typeof input === "string" ? input : input instanceof URL ? input.href : input.url);
  const headers = new Headers(init?.headers ?? request?.headers);
  const { model, stream } = readBody(init?.body);
  return {
    url,
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    headers,
    provider: providerAt(url),
    model: typeof model === "string" && model !== "" ? model : modelInPath(url.pathname),
    streams: asksForStream(url, stream, headers),
  };
}

/** Who answers at a URL: a known provider, or the host itself. */
export function providerAt(url: URL): string {
  const known = HOSTS.find(([host]) => host.test(url.hostname));
  if (known !== undefined) return known[1];
  if (url.port === "11434") return "ollama";
  return url.host === "" ? url.protocol.slice(0, -1) : url.host; // data: and blob: have no host
}

// What the JSON of a body says; the provider will say what it thinks of one that is none.
function readBody(body: unknown): { readonly model?: unknown; readonly stream?: unknown } {
  if (typeof body !== "string" || !body.trimStart().startsWith("{")) return {};
  try {
    return JSON.parse(body) as { model?: unknown; stream?: unknown };
  } catch {
    return {};
  }
}

function asksForStream(url: URL, stream: unknown, headers: Headers): boolean {
  if (typeof stream === "boolean") return stream;
  return STREAMS_BY_PATH.test(url.pathname) || /\btext\/event-stream\b/i.test(headers.get("accept") ?? "");
}

/** The model that the path of a URL names. */
export function modelInPath(pathname: string): string | undefined {
  const found = MODEL_IN_PATH.exec(pathname)?.[1];
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}
