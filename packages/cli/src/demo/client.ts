/** A plain HTTP client for chat completions, as an application might have its own. */

/** The provider answered with an error status. Status and headers are all that a breaker needs to judge it. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly status: number;
  readonly headers: Headers;

  constructor({ status, headers }: Response) {
    super(`the provider answered ${status}`);
    this.status = status;
    this.headers = headers;
  }
}

/** Asks for a whole answer. */
export async function askWhole(baseUrl: string, signal: AbortSignal): Promise<void> {
  await (await post(baseUrl, false, signal)).json();
}

/** One event of a stream, as far as the demo looks into it. */
export interface StreamEvent {
  readonly kind: "content" | "finish" | "end";
}

/** Asks for a stream. Throws when the connection breaks; ends quietly when the provider does. */
export async function* askStream(baseUrl: string, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const response = await post(baseUrl, true, signal);
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) yield { kind: kindOf(event) };
  }
}

function kindOf(event: string): StreamEvent["kind"] {
  if (event === "data: [DONE]") return "end";
  return event.includes(`"finish_reason":"`) ? "finish" : "content";
}

async function post(baseUrl: string, stream: boolean, signal: AbortSignal): Promise<Response> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "simulated-large", messages: [{ role: "user", content: "hello" }], stream }),
    signal,
  });
  if (response.ok) return response;
  await response.arrayBuffer(); // frees the connection
  throw new ProviderError(response);
}
