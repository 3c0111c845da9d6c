import type { OutcomeKind, OutcomeScope, OutcomeTrack } from "../outcome.ts";

/** What one rule says, before scope and retry hint are settled. */
export interface Verdict {
  readonly kind: OutcomeKind;
  readonly scope?: OutcomeScope;
  readonly track?: OutcomeTrack;
  /** A family name that its server also sends for other things (`invalid_request_error` with a 503): the status is asked first. */
  readonly weak?: true;
}

/** A family's typed codes, normalised as {@link normalizeCode} does. */
export type CodeTable = Readonly<Record<string, Verdict>>;
