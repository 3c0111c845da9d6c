/**
 * The admin listener: health, readiness and metrics for machines, the circuits for people, switches for operators. Apart from the
 * data port, so that neither's callers reach the other, and open as long as anything is under way.
 */
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Recloser } from "recloser";
import type { SimulatedProvider } from "recloser/testing";
import type { AdminConfig } from "../config/config.ts";
import { listenOn } from "../http/listen-on.ts";
import { createListener } from "../http/listener.ts";
import { Refusal } from "../http/refusal.ts";
import { type Access, Door } from "./access.ts";
import { jsonAnswer, methodNotAllowed, problem } from "./answers.ts";
import { breakersApp } from "./breakers.ts";
import { simulatorsApp } from "./simulators.ts";
import { send, toRequest, urlOf } from "./web.ts";

/** Pages behind the door. A Refusal that it throws is answered as such. */
export type AdminApp = (request: Request, access: Access) => Response | Promise<Response>;

/**
 * `starting` and `stopping` send traffic elsewhere. An open circuit or a store that is away does not: every replica would say the
 * same, and what a replica can still do is answer.
 */
export type Readiness = "starting" | "ready" | "stopping";

export interface MetricsText {
  readonly contentType: string;
  readonly text: string;
}

/** What the listener tells of. */
export interface AdminSubject {
  readonly recloser: Recloser;
  readonly readiness: Readiness;
  readonly simulated: ReadonlyMap<string, SimulatedProvider>;
  /** In Prometheus' format; of all workers where there are several. */
  metrics(): Promise<MetricsText>;
}

export interface AdminOptions {
  /** Answers everything but the listener's own paths: `/healthz`, `/readyz`, `/metrics` and `/sim`. Default: `GET /api/v1/breakers`. */
  readonly mount?: ((recloser: Recloser) => AdminApp) | undefined;
  readonly onDefect?: ((error: unknown) => void) | undefined;
}

// Whoever looks is few.
const LIMITS = { headerBytes: 16_384, connections: 256 };
// An event stream ends when its page notices; a probe has long been answered.
const LINGER_MS = 250;
const READING: ReadonlySet<string | undefined> = new Set(["GET", "HEAD"]);

export class Admin {
  readonly #config: AdminConfig;
  readonly #server: Server;
  readonly #door: Door;
  readonly #subject: AdminSubject;
  readonly #onDefect: AdminOptions["onDefect"];
  readonly #apps: ReadonlyMap<string, AdminApp>;
  readonly #mounted: AdminApp;

  constructor(config: AdminConfig, subject: AdminSubject, { mount, onDefect }: AdminOptions = {}) {
    this.#config = config;
    this.#subject = subject;
    this.#onDefect = onDefect;
    this.#door = new Door(config);
    this.#mounted = (mount ?? breakersApp)(subject.recloser);
    this.#apps = new Map<string, AdminApp>([
      ["metrics", (request) => this.#metrics(request)],
      ["sim", simulatorsApp(subject.simulated)],
    ]);
    this.#server = createListener(LIMITS, (request, response) => void this.#answer(request, response));
  }

  /** Resolves to where it listens; rejects where the port is not to be had. */
  listen(): Promise<string> {
    return listenOn(this.#server, this.#config);
  }

  /** Idempotent. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const late = setTimeout(() => this.#server.closeAllConnections(), LINGER_MS);
    await closed;
    clearTimeout(late);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Response;
    try {
      answer = this.#health(request) ?? (await this.#behindTheDoor(request, response));
    } catch (error) {
      if (!(error instanceof Refusal)) this.#onDefect?.(error);
      answer = problem(error instanceof Refusal ? error : new Refusal(500, "internal_error", "the gateway failed"));
      // A body that nobody has read is in the way of whatever comes next.
      if (!request.complete) answer.headers.set("connection", "close");
    }
    await send(answer, response, request.method !== "HEAD");
  }

  // For whoever asks: a kubelet and a load balancer have neither a token nor the right name, and learn nothing by it.
  #health({ method, url = "" }: IncomingMessage): Response | null {
    const path = url.split("?", 1)[0];
    if (path !== "/healthz" && path !== "/readyz") return null;
    if (!READING.has(method)) throw methodNotAllowed("GET, HEAD");
    if (path === "/healthz") return jsonAnswer({ status: "ok" });
    const { readiness } = this.#subject;
    return jsonAnswer({ status: readiness }, readiness === "ready" ? 200 : 503);
  }

  async #behindTheDoor(request: IncomingMessage, response: ServerResponse): Promise<Response> {
    const access = this.#door.admit(request);
    const url = urlOf(request, request.headers.host ?? "");
    const app = this.#apps.get(url.pathname.split("/", 2)[1] ?? "") ?? this.#mounted;
    return app(await toRequest(request, response, url), access);
  }

  async #metrics({ method, url }: Request): Promise<Response> {
    if (new URL(url).pathname !== "/metrics") throw new Refusal(404, "not_found", "there is nothing at this path");
    if (!READING.has(method)) throw methodNotAllowed("GET, HEAD");
    const { contentType, text } = await this.#subject.metrics();
    return new Response(text, { headers: { "content-type": contentType } });
  }
}
