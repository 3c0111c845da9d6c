/** Whatever the routes do: the route that answers is the one that should, and each breaker has counted what was made. */
import { getEventListeners } from "node:events";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { caught, FailoverRig, NOTHING } from "../../../tests/support/failover-rig.ts";
import { Failure, neverTrips } from "../../../tests/support/retry-rig.ts";
import { failover } from "./failover.ts";
import { failoverStream } from "./failover-stream.ts";
import { AllRoutesFailedError } from "./failover-error.ts";
import { type OutcomeKind, trackOf } from "./outcome.ts";

const FAILURES = ["server-error", "overloaded", "timeout", "network", "stream-error", "unknown"] as const;
const NEUTRAL = ["caller-error", "content-filtered", "cancelled"] as const;

const route = fc.record({
  end: fc.constantFrom<"answer" | "rejects" | OutcomeKind>("answer", "rejects", ...FAILURES, ...NEUTRAL),
  // Streams: chunks without content, and with it, before the end.
  opening: fc.integer({ min: 0, max: 2 }),
  content: fc.integer({ min: 0, max: 2 }),
  afterMs: fc.constantFrom(0, 0, 10, 50),
});
type RoutePlan = typeof route extends fc.Arbitrary<infer T> ? T : never;
const plans = fc.array(route, { minLength: 1, maxLength: 4 });

const goesOn = ({ end }: RoutePlan): boolean => end === "rejects" || trackOf(end as OutcomeKind) === "window";

// The specification, in a few words: the first that is neither rejected nor fails before anything was shown.
function decides(routes: readonly RoutePlan[], streams: boolean): number {
  const at = routes.findIndex(
    (plan) => plan.end === "answer" || (streams && plan.end !== "rejects" && plan.content > 0) || !goesOn(plan),
  );
  return at === -1 ? routes.length : at;
}

class Run {
  readonly rig = new FailoverRig({ ...neverTrips, window: { calls: 1_000 } });
  readonly made: string[] = [];
  readonly plans: readonly RoutePlan[];

  constructor(routes: readonly RoutePlan[]) {
    this.plans = routes;
  }

  async prepare(): Promise<void> {
    for (const [index, { end }] of this.plans.entries())
      if (end === "rejects") await this.rig.trip(this.rig.breaker(`r${index}`));
  }

  answering() {
    return this.plans.map(({ end, afterMs }, index) =>
      this.rig.route(`r${index}`, async () => {
        await this.#passes(afterMs);
        if (end !== "answer") throw new Failure(end as OutcomeKind);
        return index;
      }),
    );
  }

  streaming() {
    return this.plans.map(({ end, opening, content, afterMs }, index) => ({
      isContent: (chunk: string) => chunk.startsWith("content"),
      ...this.rig.route(`r${index}`, () => this.#chunks(`${index}`, end, opening, content, afterMs)),
    }));
  }

  async *#chunks(of: string, end: string, opening: number, content: number, afterMs: number): AsyncGenerator<string> {
    for (let i = 0; i < opening; i++) yield `opening of ${of}`;
    await this.#passes(afterMs);
    for (let i = 0; i < content; i++) yield `content of ${of}`;
    if (end !== "answer") throw new Failure(end as OutcomeKind);
  }

  async #passes(ms: number): Promise<void> {
    if (ms > 0) await this.rig.clock.sleep(ms);
  }

  /** What each breaker has counted, and as it must be if the routes up to `last` were asked. */
  counts(last: number, streams: boolean): { readonly is: unknown[]; readonly mustBe: unknown[] } {
    const is: unknown[] = [];
    const mustBe: unknown[] = [];
    for (const [index, { end, content }] of this.plans.entries()) {
      const { window, inFlight } = this.rig.breaker(`r${index}`).snapshot();
      const asked = index <= last && end !== "rejects";
      const fails = asked && trackOf(end as OutcomeKind) === "window" && end !== "answer";
      // A stream that breaks off after its content has counted as one failure, or has had its success where nobody is to blame.
      const succeeds = asked && !fails && (end === "answer" || (streams && content > 0));
      is.push([index, window.successes, window.byKind, inFlight]);
      mustBe.push([index, succeeds ? 1 : 0, fails ? { [end]: 1 } : {}, 0]);
    }
    const asked = this.plans.flatMap(({ end }, index) => (index <= last && end !== "rejects" ? [`r${index}`] : []));
    return { is: [...is, this.rig.made], mustBe: [...mustBe, asked] };
  }
}

function endOf(end: unknown): unknown {
  if (AllRoutesFailedError.is(end)) return "none answered";
  const kind: unknown = typeof end === "object" && end !== null && "kind" in end ? end.kind : undefined;
  return kind ?? end;
}

describe("any routes", { timeout: 60_000 }, () => {
  it("answer as they should, and are counted once each", async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (routes) => {
        const run = new Run(routes);
        await run.prepare();
        const end = caught(failover(run.answering(), run.rig.listening));
        await run.rig.clock.advance(1_000);
        const at = decides(routes, false);
        const plan = routes[at];
        expect(endOf(await end)).toEqual(plan?.end === "answer" ? { answered: at } : (plan?.end ?? "none answered"));
        const counts = run.counts(at, false);
        expect(counts.is).toEqual(counts.mustBe);
        expect(run.rig.failed.map(({ index }) => index)).toEqual(
          routes.map((_, i) => i).filter((i) => i < at || (i === at && plan?.end !== "answer")),
        );
        expect(run.rig.reports.map(({ index }) => index)).toEqual(plan?.end === "answer" ? [at] : []);
        expect([run.rig.outstanding(), run.rig.clock.sleeping]).toEqual([NOTHING, 0]);
      }),
      { numRuns: 400 },
    );
  });

  it("stream as they should: nothing of two routes in one stream, nothing lost, nothing counted twice", async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (routes) => {
        const run = new Run(routes);
        await run.prepare();
        const chunks: string[] = [];
        const reads = async (): Promise<void> => {
          for await (const chunk of failoverStream(run.streaming(), run.rig.listening)) chunks.push(chunk);
        };
        const end = caught(reads());
        await run.rig.clock.advance(1_000);
        const at = decides(routes, true);
        const plan = routes[at];
        expect(endOf(await end)).toEqual(
          plan?.end === "answer" ? { answered: undefined } : (plan?.end ?? "none answered"),
        );
        const isShown = plan !== undefined && (plan.end === "answer" || plan.content > 0);
        const expected = isShown
          ? [
              ...Array<string>(plan.opening).fill(`opening of ${at}`),
              ...Array<string>(plan.content).fill(`content of ${at}`),
            ]
          : [];
        expect(chunks).toEqual(expected);
        const counts = run.counts(at, true);
        expect(counts.is).toEqual(counts.mustBe);
        expect([run.rig.outstanding(), run.rig.clock.sleeping]).toEqual([NOTHING, 0]);
      }),
      { numRuns: 400 },
    );
  });

  it("leave nothing behind, whoever gives up and whenever", async () => {
    const guard = fc.record({
      abortsMs: fc.constantFrom(null, 0, 5, 30, 70),
      timeout: fc.constantFrom(undefined, 20, 60),
      share: fc.constantFrom(undefined, 15),
      streams: fc.boolean(),
      leaves: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(plans, guard, async (routes, { abortsMs, timeout, share, streams, leaves }) => {
        const run = new Run(routes);
        await run.prepare();
        const caller = new AbortController();
        if (abortsMs !== null) void run.rig.clock.sleep(abortsMs).then(() => caller.abort(new Error("left")));
        const common = { signal: caller.signal, timeout };
        const reads = async (): Promise<void> => {
          for await (const _chunk of failoverStream(run.streaming(), { ...common, firstToken: share }))
            if (leaves) break;
        };
        const end = caught(streams ? reads() : failover(run.answering(), { ...common, routeTimeout: share }));
        await run.rig.clock.advance(10_000);
        await end;
        await run.rig.clock.advance(10_000);
        expect(run.rig.outstanding(caller.signal)).toEqual(NOTHING);
        expect([run.rig.clock.sleeping, getEventListeners(caller.signal, "abort").length]).toEqual([0, 0]);
      }),
      { numRuns: 400 },
    );
  });
});
