/** How an answer reaches its caller. */
import type { Outcome } from "recloser";
import type { Dialect, Problem } from "../formats/dialect.ts";
import type { CallerLife } from "../http/caller-life.ts";
import type { HeaderList } from "../http/headers.ts";
import type { Reply } from "../http/reply.ts";
import type { UpstreamHead } from "../upstream/exchange.ts";
import type { Watch } from "./watch.ts";

/** A target's answer whose head has come. Its breaker counts what is taken from it. */
export interface OpenAnswer {
  readonly head: UpstreamHead;
  readonly watch: Watch;
  /** The next bytes; rejects where the answer breaks, runs into a deadline, or its caller has left. */
  next(): Promise<IteratorResult<Buffer, undefined>>;
  /** Nothing more is wanted of it. */
  abandon(): void;
}

/** Who it is for. */
export interface Recipient {
  readonly reply: Reply;
  readonly life: CallerLife;
  readonly dialect: Dialect;
  /** Of the operation, for the dialect's words in a stream. */
  readonly path: string;
  /** Whether a stream was asked for. */
  readonly streams: boolean;
  /** Whether it is to be held until it is whole. */
  readonly isAssured: boolean;
  /** The headers of the answer, with the gateway's own; asked for when they are about to be sent. */
  headers(answer: OpenAnswer): HeaderList;
}

export type Delivered =
  /** The caller has the answer as it is. */
  | { readonly kind: "whole" }
  /** The caller has seen nothing of it, so that another target may be asked. */
  | { readonly kind: "failed"; readonly outcome: Outcome | null; readonly error: unknown }
  /** The caller has half an answer, and was told so. */
  | { readonly kind: "broken"; readonly error: unknown };

/** Whether another target might do better: the provider failed, or refuses us for now. */
export function mayFailOver(outcome: Outcome | null): outcome is Outcome {
  return outcome !== null && outcome.kind !== "success" && outcome.track !== "none";
}

export const BROKEN: Problem = {
  status: 502,
  code: "stream_interrupted",
  message: "the provider's answer broke off; what came is not the whole answer",
  facts: {},
};
