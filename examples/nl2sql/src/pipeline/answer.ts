/** What whoever asks gets, whatever has happened. */
import type { Value } from "../database/database.ts";

/** What the answer was made with, from the best to the least. */
export type Mode = "live" | "failover" | "cached-sql" | "template" | "queued" | "unavailable";

export interface Meta {
  readonly mode: Mode;
  /** It was given without the provider, since the provider could not be asked. */
  readonly degraded: boolean;
  /** Whose model has written the SQL; null: none was asked. */
  readonly provider: string | null;
  /** No model is behind the provider. */
  readonly simulated: boolean;
  /** Somebody has confirmed this SQL for this question. */
  readonly verified: boolean;
  /** How often the SQL had to be written anew. */
  readonly repairs: number;
  /** `shed`: there was no room for it; `none`: nobody was asked for one. */
  readonly explanation: "given" | "shed" | "failed" | "none";
  readonly durationMs: number;
  /** For people: why it is what it is. */
  readonly notes: readonly string[];
}

interface Answered {
  readonly question: string;
  /** Verified questions that are like it. */
  readonly suggestions: readonly string[];
  readonly meta: Meta;
}

export type Answer = Answered &
  (
    | {
        readonly kind: "rows";
        readonly sql: string;
        readonly columns: readonly string[];
        readonly rows: readonly (readonly Value[])[];
        readonly truncated: boolean;
        readonly assumptions: readonly string[];
        readonly explanation: string | null;
      }
    | { readonly kind: "ambiguous"; readonly message: string; readonly readings: readonly string[] }
    | { readonly kind: "unknown"; readonly message: string }
    /** Neither the first SQL nor what it was repaired to could be run. */
    | { readonly kind: "refused"; readonly message: string; readonly reason: string }
    | { readonly kind: "queued"; readonly jobId: string; readonly message: string; readonly retryAfterMs: number }
    | {
        readonly kind: "unavailable";
        readonly of: "provider" | "database";
        readonly message: string;
        readonly retryAfterMs: number;
      }
  );
