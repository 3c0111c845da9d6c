/** Requests to a gateway over connections that stay, and what came of each. */
import { Agent, request } from "node:http";

export interface Ending {
  /** 0: there was no answer. */
  readonly status: number;
  /** Whether it was good, and to its end. */
  readonly isWhole: boolean;
  /** Of an error in OpenAI's format; null: none. */
  readonly code: string | null;
  readonly reason: string | null;
  /** Who answered. */
  readonly target: string | null;
  readonly retryAfterMs: number | null;
  readonly tookMs: number;
  /** When it was over, as `performance.now()` has it. */
  readonly atMs: number;
}

export interface Question {
  readonly model?: string;
  /** They pass the gateway, for a provider that goes by them. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly stream?: boolean;
  /** How long its caller waits, milliseconds. Default: for ever. */
  readonly patienceMs?: number;
}

export interface Caller {
  ask(question?: Question): Promise<Ending>;
  close(): void;
}

/** One program in front of a gateway, or of a provider: whoever speaks OpenAI's format there. */
export function callerOf(url: string): Caller {
  const agent = new Agent({ keepAlive: true });
  return { ask: (question = {}) => ask(url, agent, question), close: () => agent.destroy() };
}

function ask(
  url: string,
  agent: Agent,
  { model = "gpt-5", headers = {}, stream = false, patienceMs }: Question,
): Promise<Ending> {
  const body = JSON.stringify({ model, stream, messages: [{ role: "user", content: "hi" }] });
  const startedMs = performance.now();
  return new Promise((resolve) => {
    const end = (status: number, text: string, answered: Readonly<Record<string, unknown>>): void => {
      const atMs = performance.now();
      const error = errorIn(text);
      const wait = answered["retry-after-ms"];
      resolve({
        status,
        isWhole: status === 200 && (stream ? /\[DONE\]\s*$/.test(text) : text.endsWith("}")),
        code: typeof error["code"] === "string" ? error["code"] : null,
        reason: typeof error["reason"] === "string" ? error["reason"] : null,
        target: typeof answered["x-recloser-target"] === "string" ? answered["x-recloser-target"] : null,
        retryAfterMs: typeof wait === "string" ? Number(wait) : null,
        tookMs: atMs - startedMs,
        atMs,
      });
    };
    const outgoing = request(`${url}/v1/chat/completions`, {
      agent,
      method: "POST",
      headers: { "content-type": "application/json", "content-length": Buffer.byteLength(body), ...headers },
    });
    outgoing.on("response", (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (more: string) => (text += more));
      response.on("end", () => end(response.statusCode ?? 0, text, response.headers));
      response.on("error", () => end(0, text, {}));
    });
    outgoing.on("error", () => end(0, "", {}));
    if (patienceMs !== undefined) {
      const late = setTimeout(() => outgoing.destroy(), patienceMs);
      outgoing.once("close", () => clearTimeout(late));
    }
    outgoing.end(body);
  });
}

function errorIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const { error } = JSON.parse(text) as { error?: Record<string, unknown> };
    return error ?? {};
  } catch {
    return {};
  }
}
