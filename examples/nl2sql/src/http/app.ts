/** The agent over HTTP. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import type { Agent } from "../pipeline/agent.ts";
import type { Job } from "../pipeline/jobs.ts";
import type { Answer } from "../pipeline/answer.ts";

const ASK = z.strictObject({
  question: z.string().trim().min(1).max(500),
  maxWaitMs: z.int().min(100).max(120_000).optional(),
  mayQueue: z.boolean().optional(),
  explain: z.boolean().optional(),
});
const FEEDBACK = z.strictObject({ question: z.string().trim().min(1).max(500) });

const MOST_BYTES = 10_000;

/** Further routes, by `METHOD /path`; with what the page needs beside the API. */
export type Routes = Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>>;

/** Applications of their own, by the path they are under, such as `/dashboard`. */
export type Mounts = Readonly<Record<string, Routes[string]>>;

/** Answers `POST /ask`, `POST /feedback`, `GET /jobs/:id` and `GET /health`, and what `routes` and `mounts` have. */
export function createApp(agent: Agent, routes: Routes = {}, mounts: Mounts = {}): Server {
  const server = createServer((request, response) => {
    handle(agent, { routes, mounts }, request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return void response.destroy();
      if (error instanceof Refused) return problem(response, error.status, error.message);
      process.emitWarning(`ask: ${error instanceof Error ? error.stack : String(error)}`);
      problem(response, 500, "A defect of the application.");
    });
  });
  // Longer than clients and proxies keep theirs, so that it is not us who closes one that is just being used.
  server.keepAliveTimeout = 75_000;
  return server;
}

async function handle(
  agent: Agent,
  { routes, mounts }: { readonly routes: Routes; readonly mounts: Mounts },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url = "/" } = request;
  if (!URL.canParse(url, "http://host")) throw new Refused(400, "expected a path");
  const path = new URL(url, "http://host").pathname;
  const mount = Object.entries(mounts).find(([base]) => path === base || path.startsWith(`${base}/`))?.[1];
  if (mount !== undefined) return mount(request, response);
  const route = `${request.method} ${path}`;
  const more = routes[route];
  if (more !== undefined) return more(request, response);
  if (route === "GET /health") return json(response, 200, { status: "ok" });
  if (route === "POST /ask") return ask(agent, request, response);
  if (route === "POST /feedback") {
    const { question } = await bodyOf(request, FEEDBACK);
    const kept = await agent.confirm(question);
    return kept ? json(response, 200, { verified: true }) : problem(response, 404, "No SQL is kept for this question.");
  }
  const id = /^GET \/jobs\/([\w-]{1,100})$/.exec(route)?.[1];
  const job = id === undefined ? null : await jobOf(agent, id);
  if (job !== null) return json(response, job.state === "waiting" ? 202 : 200, job);
  problem(response, 404, id === undefined ? "There is nothing here." : "There is no such job.");
}

async function jobOf(agent: Agent, id: string): Promise<Job | null> {
  try {
    return (await agent.queue?.find(id)) ?? null;
  } catch {
    throw new Refused(503, "The queue does not answer.");
  }
}

async function ask(agent: Agent, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { question, ...options } = await bodyOf(request, ASK);
  const left = new AbortController();
  response.once("close", () => left.abort(new Error("whoever asked has left")));
  send(response, await agent.ask(question, { ...options, signal: left.signal }));
}

const STATUSES: Readonly<Record<Answer["kind"], number>> = {
  rows: 200,
  ambiguous: 200,
  unknown: 200,
  refused: 422,
  queued: 202,
  unavailable: 503,
};

/** The answer as it goes over HTTP: as JSON, and as problem details (RFC 9457) where there is none. */
function send(response: ServerResponse, answer: Answer): void {
  const status = STATUSES[answer.kind];
  if ("retryAfterMs" in answer)
    response.setHeader("retry-after", String(Math.max(1, Math.ceil(answer.retryAfterMs / 1_000))));
  if (answer.kind === "queued") response.setHeader("location", `/jobs/${answer.jobId}`);
  if (answer.kind !== "unavailable" && answer.kind !== "refused") return json(response, status, answer);
  const title = answer.kind === "refused" ? "Unprocessable Content" : "Service Unavailable";
  json(response, status, { type: "about:blank", title, status, detail: answer.message, ...answer }, PROBLEM);
}

const PROBLEM = "application/problem+json";

export function json(response: ServerResponse, status: number, body: unknown, type = "application/json"): void {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(JSON.stringify(body));
}

function problem(response: ServerResponse, status: number, detail: string): void {
  json(response, status, { type: "about:blank", status, detail }, PROBLEM);
}

export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** @throws Refused naming the field */
export async function bodyOf<T>(request: IncomingMessage, form: z.ZodType<T>): Promise<T> {
  // A page of another site can send a form, but no JSON that says so.
  if (!/^application\/json\b/i.test(request.headers["content-type"] ?? ""))
    throw new Refused(415, "expected content-type application/json");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Refused(413, `expected at most ${MOST_BYTES} bytes`);
    chunks.push(chunk);
  }
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString("utf8"));
  } catch {
    throw new Refused(400, "expected JSON");
  }
  const read = form.safeParse(body);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Refused(400, `${issue?.path.join(".") || "body"}: ${issue?.message ?? "not as expected"}`);
}
