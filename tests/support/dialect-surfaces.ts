/** Every way in which a dialect of the simulated provider is asked, with the least request that is a valid one. */
import type { ClassifyInput } from "recloser/classify";
import type { DialectName, SimulatedProvider } from "recloser/testing";

export interface Surface {
  readonly dialect: DialectName;
  readonly name: string;
  readonly streams: boolean;
  readonly path: string;
  readonly body: object;
}

export const MODEL = "simulated-large";
const messages = [{ role: "user", content: "hi" }];
const chat = { model: MODEL, messages };
const contents = [{ role: "user", parts: [{ text: "hi" }] }];

/** A route that streams when its body says so. */
function both(dialect: DialectName, path: string, body: object): Surface[] {
  return [true, false].map((streams) => ({
    dialect,
    name: `${dialect} ${path}${streams ? " as a stream" : ""}`,
    streams,
    path,
    body: { ...body, stream: streams },
  }));
}

/** One whose path says it. */
function one(path: string, streams: boolean): Surface {
  return {
    dialect: "gemini",
    name: `gemini ${path}`,
    streams,
    path: `/v1beta/models/${MODEL}:${path}`,
    body: { contents },
  };
}

export const SURFACES: readonly Surface[] = [
  ...both("openai", "/v1/chat/completions", chat),
  ...both("openai", "/v1/responses", { model: MODEL, input: "hi" }),
  ...both("anthropic", "/v1/messages", { ...chat, max_tokens: 100 }),
  one("generateContent", false),
  one("streamGenerateContent?alt=sse", true),
  one("streamGenerateContent", true),
  ...both("ollama", "/api/chat", chat),
  ...both("ollama", "/api/generate", { model: MODEL, prompt: "hi" }),
  ...both("ollama", "/v1/chat/completions", chat),
  ...both("ollama", "/v1/responses", { model: MODEL, input: "hi" }),
];

/** What a client that reads to the end gets to know, as `classify` takes it. */
export async function meet(provider: SimulatedProvider, surface: Surface, deadlineMs: number): Promise<ClassifyInput> {
  const signal = AbortSignal.timeout(deadlineMs);
  let response: ClassifyInput["response"];
  let text = "";
  const known = { provider: surface.dialect, nowMs: Date.now() };
  try {
    const answer = await fetch(provider.url + surface.path, {
      method: "POST",
      body: JSON.stringify(surface.body),
      headers: { "content-type": "application/json" },
      signal,
    });
    response = { status: answer.status, headers: answer.headers };
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? []) text += decoder.decode(bytes, { stream: true });
    const document = answer.headers.get("content-type")?.startsWith("application/json") ? parsed(text) : undefined;
    if (surface.streams && answer.ok && (document === undefined || Array.isArray(document)))
      return { ...known, response, stream: text };
    // As a client does that was promised JSON.
    if (answer.ok && document === undefined && !text.startsWith("<")) JSON.parse(text);
    return { ...known, response: { ...response, body: text } };
  } catch (error) {
    return { ...known, response, error, signal, ...(surface.streams && response !== undefined && { stream: text }) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
