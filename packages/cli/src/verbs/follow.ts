/** Looks at a source again and again: at every hint that something changed, and every second, since hints get lost. */
import { clearTimeout, setTimeout } from "node:timers";
import type { Inspection } from "recloser/inspect";
import type { ChangeEvent } from "./changes.ts";
import type { BreakerSource } from "./source/source.ts";

const EVERY_MS = 1_000;
// A storm of changes is one look.
const LEAST_MS = 50;
// While looks fail, what is told is kept for the next one.
const TOLD_MOST = 5_000;

export interface Follower {
  /**
   * What is there now. True ends it.
   *
   * @param told what happened since the last time, by the source's own word; null: it tells nothing, or this is the first look
   */
  seen(inspection: Inspection, told: readonly ChangeEvent[] | null): boolean;
  /** The source does not answer; it is asked again. */
  lost(error: Error): void;
}

/** Resolves when the follower has seen enough, or the signal is aborted. @throws what the first look fails with */
export async function follow(source: BreakerSource, follower: Follower, signal: AbortSignal): Promise<void> {
  const bell = new Bell(signal);
  if (follower.seen(await source.read(), null)) return;
  const told: ChangeEvent[] = [];
  // It ends with the source.
  void source.onChange((more) => {
    told.push(...more);
    if (told.length > TOLD_MOST) told.splice(0, told.length - TOLD_MOST);
    bell.ring();
  });
  while (!signal.aborted) {
    await bell.within(EVERY_MS);
    if (signal.aborted) break;
    try {
      const inspection = await source.read();
      if (follower.seen(inspection, source.tellsChanges ? told.splice(0) : null)) break;
    } catch (error) {
      follower.lost(error as Error);
    }
  }
}

/** Rings until somebody has heard it. */
class Bell {
  #rung = false;
  #heard: (() => void) | null = null;

  constructor(signal: AbortSignal) {
    signal.addEventListener("abort", () => this.ring(), { once: true });
  }

  ring(): void {
    this.#rung = true;
    this.#heard?.();
  }

  async within(ms: number): Promise<void> {
    await pause(LEAST_MS);
    if (!this.#rung)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms - LEAST_MS);
        this.#heard = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.#heard = null;
    this.#rung = false;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, ms));
}
