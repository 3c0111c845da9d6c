/** Who asks: a client of the gateway, known by the key it sends where its SDK sends a provider's. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Slots } from "../attempts/slots.ts";
import type { ClientConfig } from "../config/config.ts";
import { Refusal } from "./refusal.ts";

export interface KnownClient {
  /** Null: the gateway asks nobody for a key. */
  readonly config: ClientConfig | null;
  /** What the key came in, which no provider may get; null: nothing. */
  readonly identifiedBy: string | null;
  readonly slots: Slots | null;
}

const NOBODY: KnownClient = { config: null, identifiedBy: null, slots: null };
// Ours first: with it, the others are a provider's.
const KEY_HEADERS = ["x-recloser-key", "authorization", "x-api-key", "x-goog-api-key", "api-key"] as const;

export class Clients {
  readonly #clients: readonly { readonly hash: Buffer; readonly config: ClientConfig; readonly slots: Slots | null }[];

  constructor(clients: readonly ClientConfig[]) {
    this.#clients = clients.map((config) => ({
      config,
      hash: Buffer.from(config.keySha256, "hex"),
      slots: config.maxInFlight === null ? null : new Slots(config.maxInFlight),
    }));
  }

  /**
   * @param query of the request, where Gemini's clients may put their key
   * @throws Refusal 401
   */
  identify(headers: IncomingHttpHeaders, query: string): KnownClient {
    if (this.#clients.length === 0) return NOBODY;
    const key = keyIn(headers, query);
    const hash = createHash("sha256")
      .update(key?.value ?? "")
      .digest();
    let found: KnownClient | null = null;
    // All of them, always: how long it takes must not tell which one is close.
    for (const client of this.#clients) {
      const isThis = timingSafeEqual(client.hash, hash);
      if (isThis && key !== null) found = { config: client.config, identifiedBy: key.by, slots: client.slots };
    }
    if (found !== null) return found;
    throw new Refusal(401, "unknown_client", "a client key of this gateway is needed");
  }
}

// One key is meant for us, the first: whoever sends several must not have each of them tried.
function keyIn(headers: IncomingHttpHeaders, query: string): { readonly by: string; readonly value: string } | null {
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    if (typeof value === "string") return { by: name, value: value.replace(/^bearer +/i, "") };
  }
  const value = query === "" ? null : new URLSearchParams(query).get("key");
  return value === null ? null : { by: "?key", value };
}
