/** A target at work: its connections, its slots, and the key of its breaker. */
import type { BreakerKey } from "recloser";
import { type Dispatcher, Pool } from "undici";
import { Slots } from "../attempts/slots.ts";
import type { TargetConfig, TimeLimits } from "../config/config.ts";
import { guardedConnector, type Resolve } from "./address-guard.ts";
import { modelAt } from "./model-names.ts";
import { OwnModels } from "./own-models.ts";
import { Secrets } from "./secrets.ts";
import { TargetRequests } from "./target-request.ts";

export class Target {
  // Its key is in it: no property, which whoever writes a target down would write down too.
  readonly #config: TargetConfig;
  readonly limits: TimeLimits;
  readonly secrets: Secrets;
  readonly requests: TargetRequests;
  readonly #models: OwnModels;
  readonly slots: Slots;
  /** For the one request at a time that is made although its circuit is open. */
  readonly lastResort: Slots = new Slots(1);
  readonly #pool: Pool;

  /** @param timeouts those of the gateway, under the target's own */
  constructor(config: TargetConfig, timeouts: TimeLimits, lookUp?: Resolve) {
    this.#config = config;
    this.secrets = new Secrets(config);
    this.requests = new TargetRequests(config);
    this.#models = new OwnModels(Object.values(config.models));
    this.limits = { ...timeouts, ...config.timeouts };
    const { maxConnections, maxInFlight } = config;
    // A call beyond the connections would wait in undici, unseen, on its own time to connect.
    this.slots = new Slots(Math.min(maxConnections, maxInFlight ?? maxConnections));
    this.#pool = new Pool(config.baseUrl.origin, {
      connect: guardedConnector(config.allowPrivate, this.limits.connectMs, lookUp),
      connections: maxConnections,
      pipelining: 1,
      // Deadlines are the exchange's.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  get config(): TargetConfig {
    return this.#config;
  }

  get name(): string {
    return this.#config.name;
  }

  get dispatcher(): Dispatcher {
    return this.#pool;
  }

  /** The name by which this target knows the model that a caller asks for. */
  model(asked: string): string {
    return modelAt(this.#config.models, asked);
  }

  /** The model has answered: it is no name that somebody made up. */
  prove(model: string | null): void {
    if (model !== null) this.#models.prove(model);
  }

  /** Whose breaker its calls take. A model that nobody knows may have none of its own ({@link OwnModels}). A credential of the caller's has no record of its own: its troubles are the caller's. */
  breakerKey(model: string | null): BreakerKey {
    const { provider, credential, region, auth } = this.#config;
    return {
      provider,
      model: model === null || !this.#models.has(model) ? undefined : model,
      credential: credential === null || auth.kind === "caller" ? undefined : credential,
      region: region ?? undefined,
    };
  }

  /** Waits for what is under way. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  destroy(): Promise<void> {
    return this.#pool.destroy();
  }
}
