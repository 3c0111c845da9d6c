/** What is measured of a fault, in rows. */

/** A store that failed under a replica with traffic. Times in milliseconds. */
export interface StoreRow {
  readonly table: "store";
  readonly server: "Redis" | "PostgreSQL";
  readonly fault: string;
  /** How the fault was made. */
  readonly injected: string;
  readonly calls: number;
  readonly failed: number;
  /** The longest that anything but the provider took of a call. */
  readonly worstExtraMs: number;
  /** By how much the event loop was late at worst: the machine, not the library. */
  readonly worstLagMs: number;
  readonly localAfterMs: number;
  readonly tripsAfterMs: number;
  readonly sharedAfterMs: number;
}

/** One call to a provider, or of a client, that was not as it should be. */
export interface CallRow {
  readonly table: "provider" | "client";
  readonly fault: string;
  /** What the caller had in hand. */
  readonly got: string;
  /** As what the breaker counted it, `nothing` where no call of it was. */
  readonly verdict: string;
  readonly tookMs: number;
}

/** A time that has a bound. */
export interface BoundRow {
  readonly table: "bound";
  readonly fault: string;
  readonly what: string;
  readonly tookMs: number;
  readonly boundMs: number;
}

export interface VersionRow {
  readonly table: "version";
  readonly server: string;
  readonly version: string;
}

export type FaultRow = StoreRow | CallRow | BoundRow | VersionRow;

/** Where and in which test a row was measured. */
export type FaultRecord = FaultRow & { readonly file: string; readonly test: string };

/** The folder of the records; nothing is kept where it is not set. */
export const RECORDS_VARIABLE = "RECLOSER_FAULT_RECORDS";
