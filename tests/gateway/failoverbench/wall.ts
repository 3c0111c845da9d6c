/**
 * A provider that misbehaves by the name of the model it is asked for, and remembers every attempt. The faults are those of
 * Failover Bench (https://github.com/failoverbench/failoverbench, methodology v0.1), rebuilt from its descriptions; its times
 * are divided by {@link Wall.hurry}, for all that matters is how they compare with the gateway's limits.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export const FALLBACK = "fb-ok";
export const ANSWER: string = Array.from({ length: 60 }, (_, index) => `word${index + 1}`).join(" ");
const WORDS: readonly string[] = ANSWER.split(" ").map((word, index) => (index === 0 ? word : ` ${word}`));

export interface Attempt {
  readonly model: string;
  readonly atMs: number;
  readonly endsWithAssistant: boolean;
}

export interface Wall extends AsyncDisposable {
  readonly url: string;
  readonly attempts: readonly Attempt[];
  /** Whether an assistant's beginning was turned down by the fallback. */
  readonly hasRefusedPrefill: boolean;
  /** From now on S15's model is down, until `restore`. */
  restore(): void;
}

type Play = (exchange: Exchange) => void | Promise<void>;

interface Exchange {
  readonly response: ServerResponse;
  readonly model: string;
  /** 1 for the first attempt at this model. */
  readonly nth: number;
  readonly endsWithAssistant: boolean;
  readonly hurry: number;
  readonly isDown: () => boolean;
}

export async function startWall(hurry: number): Promise<Wall> {
  const attempts: Attempt[] = [];
  let isDown = true;
  let hasRefusedPrefill = false;
  const server = createServer((request, response) => {
    void (async () => {
      const asked = JSON.parse(await text(request)) as { model: string; messages: { role: string }[] };
      const endsWithAssistant = asked.messages.at(-1)?.role === "assistant";
      attempts.push({ model: asked.model, atMs: performance.now(), endsWithAssistant });
      const nth = attempts.filter(({ model }) => model === asked.model).length;
      if (asked.model === "fb-ok-noprefill" && endsWithAssistant) hasRefusedPrefill = true;
      const play = PLAYS[asked.model] ?? whole;
      await play({ response, model: asked.model, nth, endsWithAssistant, hurry, isDown: () => isDown });
    })().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    attempts,
    get hasRefusedPrefill() {
      return hasRefusedPrefill;
    },
    restore: () => void (isDown = false),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

const PLAYS: Readonly<Record<string, Play>> = {
  "s01-429-retry-after": (to) =>
    to.nth === 1 ? refuse(to, 429, "rate_limit_exceeded", { "retry-after": "2" }) : whole(to),
  "s02-429-persistent": (to) => refuse(to, 429, "rate_limit_exceeded"),
  "s03-500-then-200": (to) => (to.nth === 1 ? refuse(to, 500, "internal_error") : whole(to)),
  "s04-503-persistent": (to) => refuse(to, 503, "overloaded"),
  "s05-reset": (to) => (to.nth === 1 ? void to.response.socket?.resetAndDestroy() : whole(to)),
  "s06-no-response": () => {},
  "s07-slow-first-token": async (to) => {
    open(to);
    await sleep(20_000 / to.hurry);
    if (!to.response.destroyed) whole(to);
  },
  "s08-stream-cut": (to) => {
    open(to);
    words(to, 0, 40);
    to.response.socket?.destroySoon();
  },
  "s09-stream-stall": async (to) => {
    open(to);
    words(to, 0, 20);
    await sleep(30_000 / to.hurry);
    to.response.destroy();
  },
  "s10-malformed-chunk": (to) => {
    open(to);
    words(to, 0, 9);
    to.response.write('data: {"id":"x","choices":[{"delta":{"content":\n\n');
    words(to, 9, 60);
    finish(to, true);
  },
  "s11-no-done": (to) => {
    open(to);
    words(to, 0, 60);
    finish(to, false);
  },
  "s12-context-length": (to) => refuse(to, 400, "context_length_exceeded"),
  "s13-content-filter": (to) => refuse(to, 400, "content_policy_violation"),
  "s14-stream-cut": (to) => {
    open(to);
    words(to, 0, 40);
    to.response.socket?.destroySoon();
  },
  "s15-flap": (to) => (to.isDown() ? refuse(to, 503, "overloaded") : whole(to)),
  "s16-503-persistent": (to) => refuse(to, 503, "overloaded"),
  // Not of the benchmark: a cut answer that a server on the way has ended tidily.
  "tidy-cut": (to) => {
    open(to);
    words(to, 0, 40);
    to.response.end("data: [DONE]\n\n");
  },
  "fb-ok-noprefill": (to) => (to.endsWithAssistant ? refuse(to, 400, "invalid_request_error") : whole(to)),
};

function whole(to: Exchange): void {
  open(to);
  words(to, 0, WORDS.length);
  finish(to, true);
}

function open({ response, model }: Exchange): void {
  if (response.headersSent) return;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write(event({ model, choices: [{ index: 0, delta: { role: "assistant" }, finish_reason: null }] }));
}

function words({ response, model }: Exchange, from: number, to: number): void {
  for (const content of WORDS.slice(from, to)) {
    response.write(event({ model, choices: [{ index: 0, delta: { content }, finish_reason: null }] }));
  }
}

function finish({ response, model }: Exchange, marker: boolean): void {
  response.write(event({ model, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] }));
  const usage = { prompt_tokens: 20, completion_tokens: 60, total_tokens: 80 };
  response.end(event({ model, choices: [], usage }) + (marker ? "data: [DONE]\n\n" : ""));
}

function event(chunk: object): string {
  return `data: ${JSON.stringify({ id: "chatcmpl-wall", object: "chat.completion.chunk", created: 0, ...chunk })}\n\n`;
}

function refuse(
  { response }: Exchange,
  status: number,
  code: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const error = { message: `the wall says ${status}`, type: code, code, param: null };
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error }));
}

async function text(request: IncomingMessage): Promise<string> {
  let all = "";
  for await (const chunk of request.setEncoding("utf8")) all += chunk as string;
  return all;
}
