/** A replica's subscription to pushes. They are hints: nobody waits for one, and one that fell silent is begun anew. */
import type { SharedStore, StoreHint } from "./store.ts";

/** After a push that did not come: not more often than this, since the poll may just have been the faster one. */
const ANEW_MS = 5_000;

export class Subscription {
  readonly #store: SharedStore;
  readonly #namespace: string;
  readonly #onHint: (hint: StoreHint) => void;
  #end: (() => void) | null = null;
  // Only the latest attempt counts: one that hangs is given up, and ended should it come through all the same.
  #attempt = 0;
  #hanging: AbortController | null = null;
  #begunMs = -Infinity;

  constructor(store: SharedStore, namespace: string, onHint: (hint: StoreHint) => void) {
    this.#store = store;
    this.#namespace = namespace;
    this.#onHint = onHint;
  }

  /** Begins it, or begins it anew; what there was before ends when the new one has come about. */
  begin(nowMs: number): void {
    const attempt = ++this.#attempt;
    this.#begunMs = nowMs;
    this.#hanging?.abort();
    const hanging = new AbortController();
    this.#hanging = hanging;
    ask(async () => this.#store.subscribe(this.#namespace, this.#onHint, hanging.signal))
      .then((end) => {
        if (attempt !== this.#attempt) return finish(end);
        finish(this.#end);
        this.#end = end;
        this.#hanging = null;
      })
      .catch(() => {}); // without pushes the poll is the bound
  }

  /** The poll has found what no push had told: the connection may be dead, and its client may not know. */
  missed(nowMs: number): void {
    if (nowMs - this.#begunMs >= ANEW_MS) this.begin(nowMs);
  }

  end(): void {
    this.#attempt++;
    this.#hanging?.abort();
    finish(this.#end);
    this.#end = this.#hanging = null;
  }
}

function finish(end: (() => void) | null): void {
  if (end !== null) ask(async () => end()).catch(() => {});
}

// A store's method may throw instead of rejecting.
async function ask<T>(run: () => Promise<T>): Promise<T> {
  return run();
}
