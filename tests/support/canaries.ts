/** What is nobody else's business, with marks in it: keys, prompts, answers, errors, headers. And all the ways to say it. */
import { createHash } from "node:crypto";
import { post } from "./raw-http.ts";

const PATH = "/v1/chat/completions";
export const CLIENT_KEY = "canary-client-key-1111";
export const TARGET_KEY = "canary-target-key-2222";
const PROMPT = "canary-prompt-3333";
const ANSWER = "canary-answer-4444";
const ERROR = "canary-error-5555\u001b[31m\r\ninjected: line";
const HEADER = "canary-header-6666";
export const ADMIN_TOKEN = "canary-admin-token-7777";
const WRONG_KEY = "canary-wrong-key-8888";
/** None of them may be found where something is told or kept. */
export const CANARIES: RegExp =
  /canary-(?:client-key|target-key|prompt|answer|error|header|admin-token|wrong-key)-\d{4}|injected: line/;
/** Nor these in an answer, whoever's it is. */
export const KEYS: RegExp = /canary-(?:client-key|target-key|admin-token)-\d{4}/;

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const whole = (status: number, body: string, ...headers: string[]): string =>
  [
    `HTTP/1.1 ${status} X`,
    "content-type: application/json",
    `x-note: ${HEADER}`,
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
const error = (type: string): string =>
  JSON.stringify({ error: { message: ERROR, type, code: type, param: TARGET_KEY } });
const EVENTS = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
const event = (delta: object): string => `data: ${JSON.stringify({ choices: [{ index: 0, delta }] })}\n\n`;
const CONTENT = event({ content: ANSWER });

// What a provider answers, whole or in a stream; each says something that is nobody else's business.
export const ANSWERS: readonly (readonly [string, string])[] = [
  ["a good answer", whole(200, JSON.stringify({ choices: [{ message: { content: ANSWER }, finish_reason: "stop" }] }))],
  ["an error in a good answer", whole(200, error("server_error"))],
  ["what is no JSON", whole(200, `<html>${ANSWER}</html>`)],
  ["a bad request", whole(400, error("invalid_request_error"))],
  ["a content filter", whole(400, error("content_filter"))],
  ["a server's error", whole(500, error("server_error"))],
  ["an overload", whole(503, error("overloaded"))],
  ["a redirect", whole(307, ERROR, `location: http://127.0.0.1:9/?${HEADER}`)],
  ["what is no HTTP", `${ANSWER} ${ERROR}\r\n\r\n`],
  ["a header that is none", `HTTP/1.1 200 OK\r\n${ERROR}\0\r\n\r\n`],
  ["a packed answer", whole(200, ANSWER, `content-encoding: ${HEADER}`)],
  ["a stream that is cut", EVENTS + CONTENT],
  ["a stream that is no JSON", `${EVENTS}${CONTENT}data: {${ERROR}\n\n`],
  ["an error in a stream", `${EVENTS}${CONTENT}data: ${error("server_error")}\n\n`],
  ["an error at the start of a stream", `${EVENTS}data: ${error("overloaded")}\n\n`],
];

/** The same, after which a target is not called for a while: each has a target of its own, `held-0` and so on. */
export const HOLDING: readonly (readonly [string, string])[] = [
  ["a key that is refused", whole(401, error("invalid_api_key"))],
  ["a quota that is spent", whole(429, error("insufficient_quota"))],
  ["a rate limit", whole(429, error("rate_limit_exceeded"), "retry-after: 1")],
];

const HEADERS = {
  authorization: `Bearer ${CLIENT_KEY}`,
  "x-note": HEADER,
  "user-agent": HEADER,
  traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
  tracestate: `mark=${HEADER}`,
  baggage: `mark=${HEADER}`,
  connection: "close",
};

/** A request that says its prompt wherever one can be. @param route null: the one for its model */
export function prompting(route: string | null, stream: boolean): string {
  const body = { model: "gpt-5", stream, messages: [{ role: "user", content: PROMPT }], user: PROMPT };
  return post(`${route === null ? "" : `/r/${route}`}${PATH}?q=${PROMPT}`, body, HEADERS);
}

export const TRIPPED = "trips";
/** After this often, some time apart, a circuit with {@link QUICK_TO_TRIP} trips. */
const TRIPS_AFTER = 2;
export const QUICK_TO_TRIP = { failureThreshold: TRIPS_AFTER, failureRate: false, consecutiveFailures: false } as const;
/** With it, all others are called whatever came before. */
export const SLOW_TO_TRIP = {
  failureThreshold: 100_000,
  failureRate: false,
  consecutiveFailures: false,
  shed: { adaptive: false },
} as const;
// Failures that began together would count as one.
const APART_MS = 80;

/**
 * Every answer, by every way that a request can take, on a gateway whose routes are called as here.
 *
 * @param ask sends a request, and resolves when its answer is over
 * @param answering told what the provider says from now on
 */
export async function playAllAnswers(
  ask: (raw: string) => Promise<unknown>,
  answering: (name: string, bytes: string) => void,
  routes: readonly (readonly [string | null, boolean])[],
): Promise<void> {
  for (const [name, bytes] of ANSWERS) {
    answering(name, bytes);
    for (const [route, stream] of routes) await ask(prompting(route, stream));
  }
  for (const [at, [name, bytes]] of HOLDING.entries()) {
    answering(name, bytes);
    await ask(prompting(`held-${at}`, false));
    await ask(prompting(`held-${at}`, true));
  }
  answering("a server's error", ANSWERS.find(([name]) => name === "a server's error")?.[1] ?? "");
  for (let times = 0; times <= TRIPS_AFTER; times++) {
    await ask(prompting(TRIPPED, false));
    await new Promise((resolve) => setTimeout(resolve, APART_MS));
  }
  for (const raw of REFUSED) await ask(raw);
}

/** Requests that are refused before any provider hears of them. */
const REFUSED: readonly string[] = [
  post(PATH, `{"${PROMPT}"`, HEADERS),
  post(PATH, { model: "m" }, { authorization: CLIENT_KEY.slice(1), connection: "close" }),
  post(PATH, { model: "m" }, { authorization: `Bearer ${WRONG_KEY}`, connection: "close" }),
  `GET /${PROMPT} HTTP/1.1\r\nhost: g\r\nconnection: close\r\n\r\n`,
  `GET /v1/${PROMPT}/../x HTTP/1.1\r\nhost: ${PROMPT}\r\nconnection: close\r\n\r\n`,
  `${PROMPT}\r\n\r\n`,
];
