/** What a request to a provider tells of itself: who is asked, for which model, and by which SDK. Reads, never consumes. */

export interface RequestFacts {
  readonly url: URL;
  readonly method: string;
  readonly headers: Headers;
  /** The provider's name, or the host's for one that is not known. */
  readonly provider: string;
  /** From a JSON body that is a string, or from the path; undefined where neither names one. */
  readonly model: string | undefined;
}

// By host: what a base URL says about whose dialect is spoken there.
const HOSTS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)openai\.com$/, "openai"],
  [/\.openai\.azure\.com$|\.services\.ai\.azure\.com$/, "azure-openai"],
  [/(^|\.)anthropic\.com$/, "anthropic"],
  [/^generativelanguage\.googleapis\.com$/, "gemini"],
  [/(^|-)aiplatform\.googleapis\.com$/, "vertex"],
  [/^bedrock-runtime\..*\.amazonaws\.com$/, "bedrock"],
  [/(^|\.)mistral\.ai$/, "mistral"],
  [/(^|\.)groq\.com$/, "groq"],
  [/(^|\.)openrouter\.ai$/, "openrouter"],
];

// Gemini, Vertex and Bedrock put the model into the path; Azure its deployment.
const MODEL_IN_PATH = /\/(?:models|model|deployments)\/([^/:]+)/;

/** @throws TypeError for a URL that `fetch` would refuse too */
export function requestFacts(input: string | URL | Request, init: RequestInit | undefined): RequestFacts {
  const request = typeof input === "string" || input instanceof URL ? null : input;
  const url = new URL(typeof input === "string" ? input : input instanceof URL ? input.href : input.url);
  return {
    url,
    method: (init?.method ?? request?.method ?? "GET").toUpperCase(),
    headers: new Headers(init?.headers ?? request?.headers),
    provider: providerAt(url),
    model: modelIn(init?.body) ?? modelAt(url),
  };
}

/** The provider's name, or the host's for one that is not known. */
export function providerAt(url: URL): string {
  const known = HOSTS.find(([host]) => host.test(url.hostname));
  if (known !== undefined) return known[1];
  if (url.port === "11434") return "ollama";
  return url.host === "" ? url.protocol.slice(0, -1) : url.host; // data: and blob: have no host
}

function modelIn(body: unknown): string | undefined {
  if (typeof body !== "string" || !body.trimStart().startsWith("{")) return undefined;
  try {
    const { model } = JSON.parse(body) as { model?: unknown };
    return typeof model === "string" && model !== "" ? model : undefined;
  } catch {
    return undefined; // the provider will say what it thinks of that body
  }
}

function modelAt(url: URL): string | undefined {
  const found = MODEL_IN_PATH.exec(url.pathname)?.[1];
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return found;
  }
}
