/** Alerts of a recloser's circuits to the webhooks of a configuration. Nothing of it is on a request's path. */
import { isDeepStrictEqual } from "node:util";
import type { Recloser } from "recloser";
import type { AlertsConfig } from "../config/config.ts";
import type { Log } from "../telemetry/log.ts";
import type { Resolve } from "../upstream/address-guard.ts";
import type { Alert } from "./alert.ts";
import { Courses } from "./course.ts";
import { type Delivery, Webhook } from "./webhook.ts";

// What a stopping process still has to say is not waited for longer.
const DRAIN_MS = 2_000;

export interface AlertsSurroundings {
  readonly recloser: Recloser;
  readonly namespace: string;
  readonly log: Pick<Log, "info" | "warn">;
  readonly random: () => number;
  readonly lookUp?: Resolve | undefined;
}

export class Alerts {
  readonly #surroundings: AlertsSurroundings;
  readonly #listener: Disposable;
  #config: AlertsConfig;
  #webhooks: readonly Webhook[];
  #courses: Courses;

  constructor(config: AlertsConfig, surroundings: AlertsSurroundings) {
    this.#surroundings = surroundings;
    this.#config = config;
    this.#webhooks = this.#webhooksOf(config);
    this.#courses = this.#coursesOf(config);
    this.#listener = surroundings.recloser.on("transition", (event) => {
      if (this.#webhooks.length > 0) this.#courses.heard(event);
    });
  }

  /** From now on by another configuration; what waits is sent by the old one. */
  reload(config: AlertsConfig): void {
    if (isDeepStrictEqual(config, this.#config)) return;
    const before = this.#webhooks;
    if (config.intervalMs !== this.#config.intervalMs) {
      this.#courses.close();
      this.#courses = this.#coursesOf(config);
    }
    this.#config = config;
    this.#webhooks = this.#webhooksOf(config);
    for (const webhook of before) void webhook.close(DRAIN_MS);
  }

  async close(): Promise<void> {
    this.#listener[Symbol.dispose]();
    this.#courses.close();
    await Promise.all(this.#webhooks.map((webhook) => webhook.close(DRAIN_MS)));
  }

  #webhooksOf({ webhooks }: AlertsConfig): readonly Webhook[] {
    const { namespace, random, lookUp } = this.#surroundings;
    return webhooks.map(
      (one) => new Webhook(one, { namespace, random, lookUp, told: (delivery) => this.#told(delivery) }),
    );
  }

  #coursesOf({ intervalMs }: AlertsConfig): Courses {
    const { recloser } = this.#surroundings;
    return new Courses({
      intervalMs,
      isAlone: () => recloser.storeHealth().mode === "local",
      send: (alert: Alert) => this.#webhooks.forEach((webhook) => webhook.send(alert)),
    });
  }

  #told({ webhook, result, tries, reason }: Delivery): void {
    const fields = { event: "alert", webhook, result, tries, reason };
    if (result === "sent") this.#surroundings.log.info(fields, `an alert was sent to ${webhook}`);
    else this.#surroundings.log.warn(fields, `an alert to ${webhook} was not sent: ${reason}`);
  }
}
