/** The sixteen scenarios of Failover Bench (methodology v0.1, with credit), and what a right answer to each is. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** The model whose fault it is. */
  readonly model: string;
  readonly fallback?: string;
  /** What the caller should have in the end. Default: the whole answer. */
  readonly ideal?: "answer" | "error";
  /** Attempts that the first provider may see. */
  readonly mostAttempts: number;
  readonly leastAttempts?: number;
  /** Whether the second provider must be left alone. */
  readonly staysAtFirst?: boolean;
  /** How a caller who has seen the beginning already may be answered where the stream is passed on as it comes. */
  readonly passthrough: "pass" | "safe";
}

export const SCENARIOS: readonly Scenario[] = [
  { id: "S01", title: "429 with Retry-After", model: "s01-429-retry-after", mostAttempts: 2, passthrough: "pass" },
  {
    id: "S02",
    title: "429 without Retry-After, persistent",
    model: "s02-429-persistent",
    mostAttempts: 4,
    passthrough: "pass",
  },
  {
    id: "S03",
    title: "500 once, then healthy",
    model: "s03-500-then-200",
    mostAttempts: 2,
    leastAttempts: 2,
    staysAtFirst: true,
    passthrough: "pass",
  },
  { id: "S04", title: "503 persistent", model: "s04-503-persistent", mostAttempts: 6, passthrough: "pass" },
  { id: "S05", title: "TCP reset before headers", model: "s05-reset", mostAttempts: 2, passthrough: "pass" },
  { id: "S06", title: "No response at all", model: "s06-no-response", mostAttempts: 1, passthrough: "pass" },
  { id: "S07", title: "Slow first token", model: "s07-slow-first-token", mostAttempts: 1, passthrough: "pass" },
  { id: "S08", title: "Stream cut mid-answer", model: "s08-stream-cut", mostAttempts: 2, passthrough: "safe" },
  { id: "S09", title: "Stream stalls", model: "s09-stream-stall", mostAttempts: 2, passthrough: "safe" },
  {
    id: "S10",
    title: "Malformed chunk in the stream",
    model: "s10-malformed-chunk",
    mostAttempts: 2,
    passthrough: "safe",
  },
  {
    id: "S11",
    title: "Stream ends without [DONE]",
    model: "s11-no-done",
    mostAttempts: 1,
    staysAtFirst: true,
    passthrough: "pass",
  },
  { id: "S12", title: "Context length exceeded", model: "s12-context-length", mostAttempts: 1, passthrough: "pass" },
  {
    id: "S13",
    title: "Content-filter rejection",
    model: "s13-content-filter",
    ideal: "error",
    mostAttempts: 1,
    staysAtFirst: true,
    passthrough: "pass",
  },
  {
    id: "S14",
    title: "Fallback target rejects prefill",
    model: "s14-stream-cut",
    fallback: "fb-ok-noprefill",
    mostAttempts: 2,
    passthrough: "safe",
  },
  { id: "S16", title: "Fail-over accounting", model: "s16-503-persistent", mostAttempts: 6, passthrough: "pass" },
];

/** S15 is a sequence: one request every four seconds, over a minute of outage and twenty seconds after it. */
export const FLAP = {
  id: "S15",
  title: "Primary flaps: down, then healthy",
  model: "s15-flap",
  requests: 20,
  everyMs: 4_000,
  downMs: 60_000,
  /** Of all requests while it is down. */
  mostAttempts: 5,
} as const;
