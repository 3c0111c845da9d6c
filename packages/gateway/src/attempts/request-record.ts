/** What is known of a request when it is over, for logs and metrics. No part of a prompt, an answer or a key. */
import type { WireFormat } from "../config/config.ts";
import type { LifeEnd } from "../http/caller-life.ts";
import type { Step } from "./loop.ts";

export interface RequestRecord {
  /** Empty for a request that was refused before it had one. */
  readonly id: string;
  /** The client's id; null: unknown, or nobody is asked. */
  readonly client: string | null;
  readonly format: WireFormat | null;
  readonly route: string | null;
  /** As the caller names it: any text. */
  readonly model: string | null;
  readonly streams: boolean;
  /** The targets in the order in which they were asked, with what came of it. */
  readonly steps: readonly Step[];
  /** 0: nothing was answered, since the caller had left. */
  readonly status: number;
  /** Of the answer's body. */
  readonly bytes: number;
  /** How its time ended, null where it was answered before. */
  readonly left: LifeEnd | null;
  readonly durationMs: number;
}
