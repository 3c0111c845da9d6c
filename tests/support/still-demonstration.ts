/** A demonstration in which nothing moves but what is turned. */
import type { DemoCounts, Demonstration, DemoNow, DemoWish } from "@recloser/dashboard";

const COUNTS: DemoCounts = { answered: 8, rejected: 0, fallbacks: 0, failed: 0, pending: 5, waitMs: 612 };

export interface StillDemonstration extends Demonstration {
  /** What was asked of it, oldest first. */
  readonly wishes: readonly DemoWish[];
}

export function stillDemonstration(): StillDemonstration {
  const wishes: DemoWish[] = [];
  const second = { atMs: 1_800_000_000_000, without: COUNTS, with: { ...COUNTS, waitMs: null } };
  let now: DemoNow = {
    on: "healthy",
    callsPerSecond: 8,
    hasFallback: false,
    story: null,
    recent: [second],
    replicas: [{ name: "A", state: "closed", answered: 8, rejected: 0, fallbacks: 0, failed: 0 }],
  };
  return {
    wishes,
    view: () => ({
      switches: [
        { id: "healthy", label: "Healthy", says: "answers" },
        { id: "503", label: "503", says: "answers every call with 503" },
      ],
      pointers: [{ name: "curl", lines: "curl http://127.0.0.1:8787/v1/models" }],
      mostCallsPerSecond: 40,
      past: [second],
      now,
    }),
    turn(wish) {
      wishes.push(wish);
      now = { ...now, on: wish.switch ?? now.on, callsPerSecond: wish.callsPerSecond ?? now.callsPerSecond };
    },
  };
}
