/** What the provider received, counted. */
import type { Clock } from "../../clock.ts";
import type { ProviderStats, RequestOutcome, RequestRecord } from "./stats.ts";

export type Ending = "completed" | "aborted" | "dropped";
type Counts = Omit<ProviderStats, "queued" | "connections" | "connectionsTotal">;
type Writable<T> = { -readonly [K in keyof T]: T[K] };

const KEPT = 1_000;
// Of a path, a model, a header.
const LONGEST = 200;
const MOST_NAMES = 200;
const SHOWN_HEADERS: ReadonlySet<string> = new Set([
  "accept",
  "content-type",
  "idempotency-key",
  "traceparent",
  "user-agent",
  "x-request-id",
  "x-stainless-retry-count",
  "x-stainless-timeout",
]);

/** A request's head, as far as it is counted. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export class Counters {
  readonly #clock: Clock;
  #requestsTotal = 0;
  #inFlight = 0;
  #epoch: Epoch = freshEpoch(0);
  #recent: RequestRecord[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin({ method, path, headers }: Arrival): Entry {
    this.#requestsTotal++;
    this.#inFlight++;
    const record: Writable<RequestRecord> = {
      atMs: this.#clock.now(),
      method,
      path: path.slice(0, LONGEST),
      model: null,
      stream: false,
      headers: shown(headers),
      outcome: null,
      aborted: false,
      durationMs: null,
    };
    this.#recent.push(record);
    if (this.#recent.length > KEPT) this.#recent.shift();
    this.#epoch.requests++;
    this.#epoch.peakInFlight = Math.max(this.#epoch.peakInFlight, this.#inFlight);
    add(this.#epoch.byPath, record.path);
    return new Entry(record, this.#epoch, this.#clock, () => this.#inFlight--);
  }

  get counts(): Counts {
    const { byPath, byModel, byOutcome, ...numbers } = this.#epoch;
    return {
      ...numbers,
      requestsTotal: this.#requestsTotal,
      inFlight: this.#inFlight,
      byPath: Object.fromEntries(byPath),
      byModel: Object.fromEntries(byModel),
      byOutcome: Object.fromEntries(byOutcome),
    };
  }

  /** The last ones, oldest first. */
  get recent(): readonly RequestRecord[] {
    return [...this.#recent];
  }

  reset(): void {
    this.#epoch = freshEpoch(this.#inFlight);
    this.#recent = [];
  }
}

/** One request's place in the counters. */
export class Entry {
  readonly #record: Writable<RequestRecord>;
  // A request that outlives a reset ends in the counts it began in, so that the new ones add up.
  readonly #epoch: Epoch;
  readonly #clock: Clock;
  readonly #leave: () => void;

  constructor(record: Writable<RequestRecord>, epoch: Epoch, clock: Clock, leave: () => void) {
    this.#record = record;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#leave = leave;
  }

  describe(model: string | null, stream: boolean): void {
    this.#record.model = model?.slice(0, LONGEST) ?? null;
    this.#record.stream = stream;
    if (this.#record.model !== null) add(this.#epoch.byModel, this.#record.model);
  }

  decide(outcome: RequestOutcome): void {
    this.#record.outcome = outcome;
    add(this.#epoch.byOutcome, outcome);
  }

  /** The first call counts. */
  end(how: Ending): void {
    if (this.#record.durationMs !== null) return;
    this.#record.durationMs = this.#clock.now() - this.#record.atMs;
    this.#record.aborted = how === "aborted";
    this.#epoch[how]++;
    this.#leave();
  }
}

interface Epoch extends Record<Ending, number> {
  requests: number;
  peakInFlight: number;
  readonly byPath: Map<string, number>;
  readonly byModel: Map<string, number>;
  readonly byOutcome: Map<string, number>;
}

function freshEpoch(inFlight: number): Epoch {
  return {
    requests: 0,
    peakInFlight: inFlight,
    completed: 0,
    aborted: 0,
    dropped: 0,
    byPath: new Map(),
    byModel: new Map(),
    byOutcome: new Map(),
  };
}

// Paths and models come from outside: past a bound they share one name.
function add(counts: Map<string, number>, name: string): void {
  const under = counts.has(name) || counts.size < MOST_NAMES ? name : "(other)";
  counts.set(under, (counts.get(under) ?? 0) + 1);
}

function shown(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && (SHOWN_HEADERS.has(name) || name.startsWith("x-recloser-")))
      kept[name] = value.slice(0, LONGEST);
  }
  return kept;
}
