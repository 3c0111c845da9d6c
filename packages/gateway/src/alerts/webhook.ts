/**
 * Posts alerts to one address: one at a time, within time limits, again after a while where that may help, and never more waiting
 * than it can hold. What is logged of a failure never has the address in it, which is a secret of its own with most receivers.
 */
import { createHmac, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, request } from "undici";
import type { WebhookConfig } from "../config/config.ts";
import { AddressRefused, guardedConnector, type Resolve } from "../upstream/address-guard.ts";
import { matchesGlob } from "../upstream/model-names.ts";

import { type Alert, alertBody, slackBody } from "./alert.ts";

export interface DeliveryLimits {
  readonly waiting: number;
  readonly tries: number;
  readonly tryMs: number;
  /** Before the second try; doubled for each further one. */
  readonly firstPauseMs: number;
  readonly longestPauseMs: number;
}

const LIMITS: DeliveryLimits = {
  waiting: 100,
  tries: 6,
  tryMs: 10_000,
  firstPauseMs: 1_000,
  longestPauseMs: 60_000,
};
const MOST_ANSWER_BYTES = 65_536;

/** What became of an alert. */
export interface Delivery {
  readonly webhook: string;
  readonly result: "sent" | "failed" | "dropped";
  readonly tries: number;
  /** Of the last try: the status, or the code of what went wrong. */
  readonly reason: string;
}

export interface WebhookSurroundings {
  readonly namespace: string;
  readonly told: (delivery: Delivery) => void;
  /** In [0, 1). */
  readonly random: () => number;
  readonly lookUp?: Resolve | undefined;
  readonly limits?: Partial<DeliveryLimits> | undefined;
}

interface Waiting {
  readonly id: string;
  readonly body: string;
}

export class Webhook {
  readonly #config: WebhookConfig;
  readonly #surroundings: WebhookSurroundings;
  readonly #limits: DeliveryLimits;
  readonly #agent: Agent;
  readonly #waiting: Waiting[] = [];
  readonly #closed = new AbortController();
  #working: Promise<void> | null = null;

  constructor(config: WebhookConfig, surroundings: WebhookSurroundings) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#limits = { ...LIMITS, ...surroundings.limits };
    const { tryMs } = this.#limits;
    const connect = guardedConnector(config.allowPrivate, tryMs, surroundings.lookUp);
    this.#agent = new Agent({ connect, connections: 1, headersTimeout: tryMs, bodyTimeout: tryMs });
  }

  /** Returns at once. Of more than it can hold, the oldest is dropped: what is newer says more. */
  send(alert: Alert): void {
    const { keys, format } = this.#config;
    if (this.#closed.signal.aborted || !keys.some((glob) => matchesGlob(glob, alert.last.key))) return;
    const id = randomUUID();
    const { namespace } = this.#surroundings;
    const body = format === "slack" ? slackBody(alert, namespace) : alertBody(alert, id, namespace);
    this.#waiting.push({ id, body: JSON.stringify(body) });
    if (this.#waiting.length > this.#limits.waiting) {
      this.#waiting.shift();
      this.#tell("dropped", 0, "too many are waiting");
    }
    this.#working ??= this.#work().finally(() => (this.#working = null));
  }

  /** What waits has so long; then it is given up. */
  async close(withinMs: number): Promise<void> {
    const late = setTimeout(() => this.#closed.abort(), withinMs);
    await this.#working;
    clearTimeout(late);
    this.#closed.abort();
    await this.#agent.destroy();
  }

  async #work(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (this.#closed.signal.aborted) this.#tell("dropped", 0, "the gateway stopped");
      else await this.#deliver(next);
    }
  }

  async #deliver(one: Waiting): Promise<void> {
    for (let tries = 1; ; tries++) {
      const { isSent, mayTryAgain, reason, afterMs } = await this.#try(one);
      if (isSent) return this.#tell("sent", tries, reason);
      if (!mayTryAgain || tries >= this.#limits.tries || this.#closed.signal.aborted)
        return this.#tell("failed", tries, reason);
      const { firstPauseMs, longestPauseMs } = this.#limits;
      const pauseMs = firstPauseMs * 2 ** (tries - 1) * (0.5 + this.#surroundings.random() / 2);
      await sleep(Math.min(longestPauseMs, Math.max(pauseMs, afterMs)), null, { signal: this.#closed.signal }).catch(
        () => {}, // told as failed by the next try, which ends at once
      );
    }
  }

  async #try({ id, body }: Waiting): Promise<Tried> {
    const { url, secret } = this.#config;
    const limit = AbortSignal.timeout(this.#limits.tryMs);
    try {
      const answer = await request(url, {
        method: "POST",
        dispatcher: this.#agent,
        signal: AbortSignal.any([this.#closed.signal, limit]),
        headers: {
          "content-type": "application/json",
          "user-agent": "recloser",
          "recloser-delivery": id,
          ...(secret === null ? {} : { "recloser-signature": signature(secret, body) }),
        },
        body,
      });
      await answer.body.dump({ limit: MOST_ANSWER_BYTES });
      const { statusCode } = answer;
      return {
        isSent: statusCode >= 200 && statusCode < 300,
        mayTryAgain: statusCode === 408 || statusCode === 425 || statusCode === 429 || statusCode >= 500,
        reason: String(statusCode),
        afterMs: retryAfterMs(answer.headers["retry-after"]),
      };
    } catch (error) {
      const mayTryAgain = !(error instanceof AddressRefused);
      return { isSent: false, mayTryAgain, reason: codeOf(error, limit), afterMs: 0 };
    }
  }

  #tell(result: Delivery["result"], tries: number, reason: string): void {
    this.#surroundings.told({ webhook: this.#config.name, result, tries, reason });
  }
}

interface Tried {
  readonly isSent: boolean;
  readonly mayTryAgain: boolean;
  readonly reason: string;
  readonly afterMs: number;
}

/** Of what was sent and when, so that it cannot be sent again later by whoever saw it: HMAC-SHA-256 of `time.body`. */
function signature(secret: string, body: string): string {
  const time = Math.floor(Date.now() / 1_000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

// The other form, a date, no receiver of webhooks sends.
function retryAfterMs(header: string | string[] | undefined): number {
  const seconds = Number(header);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

// Not what it says: messages have host and path in them.
function codeOf(error: unknown, limit: AbortSignal): string {
  if (limit.aborted) return "ERR_ALERT_TIMEOUT";
  const { code, name, cause } = error as { code?: unknown; name?: unknown; cause?: { code?: unknown } };
  return [code, cause?.code, name].find((one): one is string => typeof one === "string") ?? "unknown";
}
