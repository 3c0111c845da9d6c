/** What is known of a request when it is over, for logs and metrics. No part of a prompt, an answer or a key. */
import type { WireFormat } from "../config/config.ts";
import type { LifeEnd } from "../http/caller-life.ts";
import type { Usage } from "../streams/usage.ts";
import type { Step } from "./loop.ts";

/** How a request ended, in one word. */
export type RequestEnd =
  /** By a provider, well or with an error of its own. */
  | "answered"
  /** By an answer of yesterday. */
  | "stale"
  /** By the gateway itself: a rejection, a refusal, an error. */
  | "refused"
  /** The answer broke off after its caller had a part of it. */
  | "broken"
  /** The caller left. */
  | "left";

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
  /** Whether its SDK says that it sent it before (`x-stainless-retry-count`). */
  readonly isSdkRetry: boolean;
  /** The targets in the order in which they were asked, with what came of it. */
  readonly steps: readonly Step[];
  readonly end: RequestEnd;
  /** The code of an answer of the gateway's own, such as `circuit_open`; null: the answer was a provider's. */
  readonly refusal: string | null;
  /** 0: nothing was answered, since the caller had left. */
  readonly status: number;
  /** Of the request's body. */
  readonly requestBytes: number;
  /** Of the answer's body. */
  readonly bytes: number;
  /** How its time ended, null where it was answered before. */
  readonly left: LifeEnd | null;
  readonly durationMs: number;
  /** Of those, until the first content of a streamed answer; null: there was none. */
  readonly firstTokenMs: number | null;
  /**
   * Of those, what the gateway itself took on the way of an answer: from the request's having come to the first call, and from the
   * arrival of what it was waiting for to the answer's first byte to the caller. Null where no provider's answer was passed on.
   */
  readonly addedMs: number | null;
  /** As the answer says; null: it does not. */
  readonly usage: Usage | null;
}
