/** What the measured provider says: an OpenAI chat completion in one piece, and the same as a stream. */

/** Of one stream: a role, pieces of text, a finish reason, and the mark of the end. */
export const EVENTS = 100;

const HEAD = [
  "HTTP/1.1 200 OK",
  "connection: keep-alive",
  "keep-alive: timeout=60",
  "x-request-id: req_0123456789abcdef0123456789abcdef",
  "openai-processing-ms: 1",
  "openai-version: 2020-10-01",
  "x-ratelimit-remaining-requests: 9999",
] as const;
const BASE = { id: "chatcmpl-0123456789", created: 1_760_000_000, model: "gpt-5-mini", system_fingerprint: "fp_0" };
const TEXT = "A circuit breaker stops calls to a service that fails, so that it can recover. ".repeat(8).trim();

export function wholeAnswer(): Buffer {
  const message = { role: "assistant", content: TEXT, refusal: null, annotations: [] };
  const body = JSON.stringify({
    ...BASE,
    object: "chat.completion",
    choices: [{ index: 0, message, logprobs: null, finish_reason: "stop" }],
    usage: { prompt_tokens: 180, completion_tokens: 120, total_tokens: 300 },
  });
  const head = [...HEAD, "content-type: application/json", `content-length: ${Buffer.byteLength(body)}`];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}

export function streamHead(): Buffer {
  const head = [...HEAD, "content-type: text/event-stream; charset=utf-8", "transfer-encoding: chunked"];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n`);
}

/** As they go over the wire; the last one ends the answer. */
export function streamedEvents(): readonly Buffer[] {
  const words = TEXT.split(" ");
  const delta = (value: object, finish: string | null): string =>
    JSON.stringify({
      ...BASE,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta: value, logprobs: null, finish_reason: finish }],
    });
  const data = [
    delta({ role: "assistant", content: "" }, null),
    ...Array.from({ length: EVENTS - 3 }, (_, at) => delta({ content: ` ${words[at % words.length]}` }, null)),
    delta({}, "stop"),
    "[DONE]",
  ];
  return data.map((one, at) => {
    const event = `data: ${one}\n\n`;
    const end = at === EVENTS - 1 ? "0\r\n\r\n" : "";
    return Buffer.from(`${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n${end}`);
  });
}
