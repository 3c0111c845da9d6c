/**
 * A collector that takes OTLP over HTTP. One that is dead, slow or hung costs what it is sent and nothing else: each delivery
 * has a deadline, and when the gateway stops all of them end.
 */
import http from "node:http";
import https from "node:https";
import { setTimeout as sleep } from "node:timers/promises";

export interface CollectorAddress {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compress: ((bytes: Uint8Array) => Promise<Uint8Array>) | null;
  /** For one delivery, further tries included. */
  readonly timeoutMs: number;
  readonly agent: http.Agent | https.Agent;
}

/** Why a delivery came to nothing. In short words: what a collector says is nobody's business in a log. */
export class NotDelivered extends Error {
  override readonly name = "NotDelivered";
  readonly mayTryAgain: boolean;
  readonly afterMs: number | null;

  constructor(why: string, mayTryAgain: boolean, afterMs: number | null = null) {
    super(why);
    this.mayTryAgain = mayTryAgain;
    this.afterMs = afterMs;
  }
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 5_000;

/** @throws NotDelivered when it was not taken in time; whatever `signal` was aborted with */
export async function deliver(to: CollectorAddress, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const untilMs = performance.now() + to.timeoutMs;
  const body = to.compress === null ? bytes : await to.compress(bytes);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    try {
      return await post(to, body, untilMs - performance.now(), signal);
    } catch (error) {
      if (!(error instanceof NotDelivered) || !error.mayTryAgain) throw error;
      const afterMs = error.afterMs ?? pauseMs;
      if (performance.now() + afterMs >= untilMs) throw error;
      await sleep(afterMs, undefined, { signal });
    }
  }
}

function post(to: CollectorAddress, body: Uint8Array, withinMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const url = new URL(to.url);
    const headers = { ...to.headers, "content-length": body.byteLength };
    const asking = (url.protocol === "https:" ? https : http).request(url, {
      method: "POST",
      agent: to.agent,
      headers: to.compress === null ? headers : { ...headers, "content-encoding": "gzip" },
      signal,
    });
    const late = setTimeout(() => asking.destroy(new NotDelivered("timeout", false)), Math.max(1, withinMs));
    asking.on("close", () => clearTimeout(late));
    asking.on("error", (error) => reject(error instanceof NotDelivered ? error : failed(error)));
    asking.on("response", (answer) => {
      // Read to its end, for the connection's sake; what it says is of no use.
      answer.on("error", (error) => reject(failed(error)));
      answer.on("end", () => {
        const problem = refusalOf(answer);
        if (problem === null) resolve();
        else reject(problem);
      });
      answer.resume();
    });
    asking.end(body);
  });
}

function failed(error: Error): NotDelivered {
  return new NotDelivered((error as NodeJS.ErrnoException).code ?? error.name, true);
}

// OTLP/HTTP, "Failures": these may be tried again, all others not.
const TRY_AGAIN: ReadonlySet<number> = new Set([429, 502, 503, 504]);

function refusalOf({ statusCode = 0, headers }: http.IncomingMessage): NotDelivered | null {
  if (statusCode >= 200 && statusCode < 300) return null;
  const seconds = Number(headers["retry-after"] ?? Number.NaN);
  return new NotDelivered(String(statusCode), TRY_AGAIN.has(statusCode), seconds > 0 ? seconds * 1_000 : null);
}
