/**
 * The last good answers of a route, for the time when nobody can give a new one (stale-if-error, RFC 5861 §4). Kept in this
 * process, by a hash of all that makes a request the same: who asks, with which key, for what, in which bytes.
 */
import { createHash } from "node:crypto";
import type { RouteConfig } from "../config/config.ts";
import type { OpenAnswer } from "../streams/delivery.ts";
import { contentType as typeOf } from "../streams/passthrough.ts";
import { type CallersRequest, CALLERS_CREDENTIALS } from "../upstream/target-request.ts";

export interface KeptAnswer {
  readonly contentType: string;
  readonly body: Buffer;
  readonly target: string;
  readonly storedAtMs: number;
}

export type StaleAnswer = KeptAnswer & { readonly ageMs: number };

type CacheConfig = Extract<RouteConfig["onAllOpen"], { kind: "cache" }>;

export class KeptAnswers {
  readonly #config: CacheConfig;
  readonly #now: () => number;
  // In the order of their use: the first one goes first.
  readonly #answers = new Map<string, KeptAnswer>();

  constructor(config: CacheConfig, now: () => number = () => performance.now()) {
    this.#config = config;
    this.#now = now;
  }

  get size(): number {
    return this.#answers.size;
  }

  find(key: string): StaleAnswer | null {
    const answer = this.#answers.get(key);
    if (answer === undefined) return null;
    const ageMs = this.#now() - answer.storedAtMs;
    this.#answers.delete(key);
    if (ageMs > this.#config.ttlMs) return null;
    this.#answers.set(key, answer);
    return { ...answer, ageMs };
  }

  keep(key: string, answer: Omit<KeptAnswer, "storedAtMs">): void {
    this.#answers.delete(key);
    this.#answers.set(key, { ...answer, storedAtMs: this.#now() });
    const oldest = this.#answers.keys().next();
    if (this.#answers.size > this.#config.maxEntries && oldest.done !== true) this.#answers.delete(oldest.value);
  }

  /** For one request. @param key see {@link keyOf} */
  keeping(key: string): Keeping {
    const tape = new Tape(this.#config.maxEntryBytes);
    return {
      record: (answer) => tape.record(answer),
      keep: (target) => {
        const { bytes: body, contentType } = tape;
        if (body !== null) this.keep(key, { body, contentType, target });
      },
      find: () => this.find(key),
    };
  }
}

export interface Keeping {
  /** The same answer, written down while it passes. */
  record(answer: OpenAnswer): OpenAnswer;
  /** Keeps what was written down, now that the caller has it as it was. */
  keep(target: string): void;
  find(): StaleAnswer | null;
}

class Tape {
  readonly #mostBytes: number;
  #chunks: Buffer[] | null = null;
  #size = 0;
  contentType = "";

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Begins anew: an answer before it was given up. */
  record(answer: OpenAnswer): OpenAnswer {
    this.#chunks = answer.head.status === 200 ? [] : null;
    this.contentType = typeOf(answer.head);
    this.#size = 0;
    return {
      ...answer,
      next: async () => {
        const result = await answer.next();
        if (result.done !== true) this.#add(result.value);
        // What was filtered or told of a failure is passed on, and not kept.
        else if (answer.watch.failure !== null) this.#chunks = null;
        return result;
      },
    };
  }

  get bytes(): Buffer | null {
    return this.#chunks === null ? null : Buffer.concat(this.#chunks, this.#size);
  }

  #add(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size > this.#mostBytes) this.#chunks = null;
    else this.#chunks?.push(chunk);
  }
}

// Beside its bytes: versions, previews and accounts of the three formats.
const THAT_CHANGE_ANSWERS = [
  "anthropic-version",
  "anthropic-beta",
  "openai-beta",
  "openai-organization",
  "openai-project",
  "accept",
] as const;

/** @param client the gateway's name of who asks; null: nobody is known */
export function keyOf(client: string | null, path: string, request: CallersRequest): string {
  const hash = createHash("sha256");
  const headers = [...CALLERS_CREDENTIALS, ...THAT_CHANGE_ANSWERS].map((name) => String(request.headers[name] ?? ""));
  for (const part of [client ?? "", request.method, path, request.query, ...headers]) hash.update(`${part}\0`);
  return hash.update(request.body ?? "").digest("base64");
}
