/** Who asks: a client of the gateway, known by the key it sends where its SDK sends a provider's. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ClientConfig } from "../config/config.ts";
import { type ClientSlots, OwnSlots } from "./client-slots.ts";
import { Refusal } from "./refusal.ts";
import { refuseStrangers } from "./strangers.ts";

/** Keys of this gateway's, which no provider may get. */
export interface OurKeys {
  /** Whether a value has in it the one that was sent. */
  tells(value: string): boolean;
  /** Whether a credential is the key of any client. */
  include(credential: string): boolean;
}

export interface KnownClient {
  /** Null: the gateway asks nobody for a key. */
  readonly config: ClientConfig | null;
  readonly ours: OurKeys;
  readonly slots: ClientSlots | null;
}

export type SlotsOf = (client: string, most: number) => ClientSlots;

const OWN: SlotsOf = (_, most) => new OwnSlots(most);
const NOBODY: KnownClient = { config: null, ours: { tells: () => false, include: () => false }, slots: null };
// Ours first: with it, the others are a provider's.
const KEY_HEADERS = ["x-recloser-key", "authorization", "x-api-key", "x-goog-api-key", "api-key"] as const;

interface Client {
  readonly hash: Buffer;
  readonly config: ClientConfig;
  readonly slots: ClientSlots | null;
}

export class Clients {
  readonly #clients: readonly Client[];

  /** @param slotsOf how those of a client with a limit are counted; by default in this process */
  constructor(clients: readonly ClientConfig[], slotsOf: SlotsOf = OWN) {
    this.#clients = clients.map((config) => ({
      config,
      hash: Buffer.from(config.keySha256, "hex"),
      slots: config.maxInFlight === null ? null : slotsOf(config.id, config.maxInFlight),
    }));
  }

  /**
   * @param query of the request, where Gemini's clients may put their key
   * @throws Refusal 401; 403 for a web page, where nobody needs a key
   */
  identify(headers: IncomingHttpHeaders, query: string): KnownClient {
    if (this.#clients.length === 0) {
      refuseStrangers(headers);
      return NOBODY;
    }
    const key = keyIn(headers, query);
    const found = key === null ? null : this.#whose(key);
    if (key === null || found === null) {
      throw new Refusal(401, "unknown_client", "a client key of this gateway is needed");
    }
    // A shorter one may well be a part of something else.
    const tells = (value: string): boolean => (key.length < 8 ? value === key : value.includes(key));
    const include = (value: string): boolean => this.#whose(withoutScheme(value)) !== null;
    return { config: found.config, slots: found.slots, ours: { tells, include } };
  }

  #whose(key: string): Client | null {
    const hash = createHash("sha256").update(key).digest();
    let found: Client | null = null;
    // All of them, always: how long it takes must not tell which one is close.
    for (const client of this.#clients) if (timingSafeEqual(client.hash, hash)) found = client;
    return key === "" ? null : found;
  }
}

// One key is meant for us, the first: whoever sends several must not have each of them tried.
function keyIn(headers: IncomingHttpHeaders, query: string): string | null {
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") return withoutScheme(value);
  }
  return query === "" ? null : new URLSearchParams(query).get("key");
}

function withoutScheme(value: string): string {
  return value.replace(/^bearer +/i, "");
}
