/**
 * The machine of a record written a second time, naively, from protocol-spec.md §5.3 (T1–T21) and protocol.md §1, §2, §4:
 * a mutable object and lists. It shares no line with `transition()`, only the words of its events and replies.
 */
import type { FailureKind, HoldKind } from "../../packages/recloser/src/outcome.ts";
import type { Facts } from "../../packages/recloser/src/state.ts";
import type { RecordEvent, RecordPolicy, Reply } from "../../packages/recloser/src/record-event.ts";

interface Counted {
  readonly startMs: number;
  readonly kind: FailureKind | "success" | "slow";
}

const NO_SK = { failures: 0, sinceMs: 0, startedMs: 0, begun: 0, from: null };

export class ReferenceRecord {
  inc = 0;
  ver = 0;
  ep = 0;
  st: "closed" | "open" | "half" = "closed"; // "half" once a lease was given (T7)
  ou = 0;
  cd = 0;
  att = 0;
  ca: number | null = null;
  gs = 0;
  lp = 0;
  vo = 0;
  lease: { token: string; until: number } | null = null;
  holds = new Map<HoldKind, { since: number; until: number; step: number }>();
  ov: { mode: string; by: string; reason: string; untilMs: number | null; sinceMs: number } | null = null;
  counted: Counted[] = [];
  /** Every change of the number of young calls that was ever reported, at the bucket its calls began in. */
  youngChanges: { startMs: number; by: number }[] = [];
  sk: Facts["streak"] = { ...NO_SK };
  /** When each replica was last served. */
  served = new Map<string, number>();
  /** The rules that held at the last trip: it may name any of them. */
  reasons: string[] = [];

  apply(e: RecordEvent, p: RecordPolicy, now: number): Reply {
    switch (e.type) {
      case "report":
        return this.report(e, p, now);
      case "claim": {
        if (now > e.notAfterMs) return { code: "expired" };
        if (this.st === "closed") return { code: "go" }; // T21
        if (now < this.ou) return { code: "denied", retryAfterMs: this.ou - now }; // T6
        if (this.lease !== null && now < this.lease.until)
          return { code: "denied", retryAfterMs: this.lease.until - now }; // T9
        const lost = this.lp + (this.lease === null ? 0 : 1);
        if (lost >= 3) {
          this.open(this.att + 1, null, e.random, p, now); // T10
          return { code: "reopened", retryAfterMs: this.ou - now };
        }
        this.lp = lost;
        if (this.st === "open") this.gs = 0; // T7
        if (this.st === "open") this.ver++;
        this.st = "half";
        this.lease = { token: e.token, until: now + e.leaseMs }; // T7, T8
        return { code: "probe", lease: { token: e.token, expiresAtMs: now + e.leaseMs } };
      }
      case "renew":
        if (!this.owns(e)) return { code: "fenced" }; // T16
        this.lease = { token: e.token, until: now + e.leaseMs }; // T17
        return { code: "renewed", lease: { token: e.token, expiresAtMs: now + e.leaseMs } };
      case "settle":
        return this.settle(e, p, now);
      case "hold": {
        const old = this.holds.get(e.kind);
        // A call that began before the hold was set, or in the same instant, knew nothing of it: it climbs no ladder.
        const straggler = old !== undefined && e.startedAtMs <= old.since;
        if (straggler && e.retryAfterMs === null) return { code: "noop" };
        const step = (old?.step ?? 0) + (straggler ? 0 : 1);
        const hint = e.retryAfterMs === null ? null : Math.min(e.retryAfterMs, 24 * 3_600_000);
        const until = now + (hint ?? Math.min(p.hold.maxMs, p.hold.initialMs * p.hold.factor ** (step - 1)));
        if (straggler && until <= old.until) return { code: "noop" };
        const later = Math.max(old?.until ?? -Infinity, until); // T4b: the later deadline wins
        this.holds.set(e.kind, { since: straggler ? old.since : now, until: later, step });
        return this.changed(now);
      }
      case "lift": {
        const over = [...this.holds].filter(([, held]) => held.until <= now && held.until <= e.startedAtMs);
        for (const [kind] of over) this.holds.delete(kind);
        return over.length === 0 ? { code: "noop" } : this.changed(now);
      }
      case "override": // T20
        this.ov = { mode: e.mode, by: e.by, reason: e.reason, untilMs: e.untilMs, sinceMs: now };
        this.ep++;
        return this.changed(now);
      case "clear": // T20
        if (this.ov === null) return { code: "noop" };
        this.ov = null;
        this.ep++;
        return this.changed(now);
      case "reset": // T20
        Object.assign(this, { st: "closed", att: 0, cd: 0, ca: null, lease: null });
        this.forget();
        this.holds.clear();
        this.ep++;
        return this.changed(now);
      case "probe-now": // T20
        if (this.st === "closed" || now >= this.ou) return { code: "noop" };
        this.ou = now;
        return this.changed(now);
      case "reassert": {
        const less = this.inc === 0 || this.ver === 0 || (this.inc === e.incarnation && this.ver < e.version);
        const probing = this.st !== "closed" && now >= this.ou;
        if (!less || probing || e.remainingMs <= 0) return { code: "noop" }; // T19
        this.ver = Math.max(this.ver, this.inc === e.incarnation ? e.version : 0);
        this.ou = Math.max(this.st === "closed" ? 0 : this.ou, now + e.remainingMs); // T18
        Object.assign(this, { st: "open", cd: e.cooldownMs, lease: null, gs: 0, lp: 0, vo: 0 });
        this.att = Math.max(this.att, e.step);
        this.ep = Math.max(this.ep, e.generation);
        return this.changed(now);
      }
    }
  }

  private report(e: RecordEvent & { type: "report" }, p: RecordPolicy, now: number): Reply {
    if (now > e.notAfterMs) return { code: "expired" };
    if (this.inc !== 0) {
      // T3. Who knew of no record (0) may speak to one that was made meanwhile; of another one's life nobody may.
      if (e.incarnation !== 0 && e.incarnation !== this.inc) return { code: "stale" };
      if (e.generation !== this.ep) return { code: "stale" };
    }
    if (this.inc === 0 && e.buckets.every((b) => Object.keys(b.failures).length === 0)) return { code: "ok" };
    if (this.st !== "closed") {
      const until = now + Math.min(e.retryAfterMs ?? 0, 600_000);
      if (now >= this.ou || until <= this.ou) return { code: "ignored" }; // T5
      this.ou = until; // T4
      this.changed(now);
      return { code: "extended" };
    }
    const creates = this.inc === 0;
    if (creates) [this.inc, this.ep] = [now, Math.max(this.ep, e.generation)];
    // protocol.md §2: evidence inside the window; a streak whose failures have all left it is over.
    const remembered = this.inWindow(this.counted, p, now).some(({ kind }) => kind !== "success" && kind !== "slow");
    if (!remembered) this.sk = { ...NO_SK };
    for (const { startMs, successes, slow, failures, young } of e.buckets) {
      this.youngChanges.push({ startMs, by: young });
      for (let i = 0; i < successes; i++) this.counted.push({ startMs, kind: "success" });
      for (let i = 0; i < slow; i++) this.counted.push({ startMs, kind: "slow" });
      for (const [kind, count] of Object.entries(failures))
        for (let i = 0; i < count; i++) this.counted.push({ startMs, kind: kind as FailureKind });
    }
    // §5.2: a bucket from ahead of the server's clock is deleted, not kept for later
    this.counted = this.inWindow(this.counted, p, now);
    this.youngChanges = this.inWindow(this.youngChanges, p, now);
    if (e.by !== null && e.lastSuccessMs !== null)
      this.served.set(e.by, Math.max(e.lastSuccessMs, this.served.get(e.by) ?? -Infinity));
    this.lengthen(e);
    this.reasons = this.holding(p, now);
    if (this.reasons.length === 0) {
      if (creates) this.ver++; // that there is a record is news
      return { code: "ok" }; // T2
    }
    const again = this.ca !== null && now - this.ca < Math.max(60_000, 2 * this.cd);
    this.open(again ? this.att + 1 : 1, e.retryAfterMs, e.random, p, now); // T1
    return { code: "tripped" };
  }

  /** §5.8, by when calls began: an answer to a call from before the streak is no answer since. */
  private lengthen({ by, lastSuccessStartedMs, tail: { beforeMs, ...tail } }: RecordEvent & { type: "report" }): void {
    if ((lastSuccessStartedMs ?? -Infinity) >= this.sk.startedMs) this.sk = { ...NO_SK };
    if (tail.failures === 0) return;
    if (this.sk.failures === 0) {
      this.sk = { ...tail, from: by };
      return;
    }
    for (const atMs of beforeMs) if (atMs >= this.sk.startedMs) this.sk = { ...this.sk, begun: this.sk.begun + 1 };
    this.sk = {
      failures: this.sk.failures + tail.failures,
      begun: this.sk.begun + tail.begun,
      sinceMs: Math.min(this.sk.sinceMs, tail.sinceMs),
      startedMs: Math.min(this.sk.startedMs, tail.startedMs),
      from: by === this.sk.from ? by : null,
    };
  }

  /** protocol.md §2: which rules hold. */
  private holding(p: RecordPolicy, now: number): string[] {
    const kinds = this.inWindow(this.counted, p, now).map(({ kind }) => kind);
    const slow = kinds.filter((kind) => kind === "slow").length;
    const failures = kinds.filter((kind) => kind !== "slow" && kind !== "success").length;
    const calls = kinds.length - slow + Math.max(0, this.young(p, now));
    const enough = calls >= p.minimumCalls;
    const { consecutiveFailures: streak, failureThreshold: threshold, failureRate: rate, slowCall } = p;
    // One failure has no span, so a streak of one is judged without it.
    const spans = streak === 1 || now - this.sk.sinceMs >= 50;
    // Three failures beyond the streak's length make up for one call begun beside them that has not failed.
    const beside = this.sk.begun - this.sk.failures;
    const needed = streak === false ? Infinity : streak + (this.sk.begun < 20 ? 0 : 3 * Math.max(0, beside));
    const long = this.sk.failures >= needed;
    // One replica's failures are its own while another is served.
    const { from } = this.sk;
    if (from !== null && [...this.served].some(([by, atMs]) => by !== from && now - atMs < 1_500))
      return slowCall !== false && enough && slow > 0 && slow / calls >= slowCall.rate ? ["slow-calls"] : [];
    return [
      ...(long && spans ? ["consecutive-failures"] : []),
      ...(threshold !== false && failures >= threshold ? ["failure-threshold"] : []),
      ...(rate !== false && enough && failures > 0 && failures / calls >= rate ? ["failure-rate"] : []),
      ...(slowCall !== false && enough && slow > 0 && slow / calls >= slowCall.rate ? ["slow-calls"] : []),
    ];
  }

  /** The sum of all changes; what is left of calls whose end was never reported leaves with its bucket. */
  young(p: RecordPolicy, now: number): number {
    return this.inWindow(this.youngChanges, p, now).reduce((sum, { by }) => sum + by, 0);
  }

  /** The newest ten buckets, without what had ended when the circuit last closed. */
  inWindow<T extends { readonly startMs: number }>(all: readonly T[], p: RecordPolicy, now: number): T[] {
    const width = (p.windowMs as number) / 10;
    return all.filter(({ startMs }) => {
      const back = Math.floor(now / width) - Math.round(startMs / width);
      return back < 10 && startMs <= now + width * 10 && (this.ca === null || startMs + width > this.ca);
    });
  }

  private settle(e: RecordEvent & { type: "settle" }, p: RecordPolicy, now: number): Reply {
    if (!this.owns(e)) return { code: "fenced" }; // T16
    this.lease = null;
    this.lp = 0;
    if (e.verdict === "failed") {
      this.open(this.att + 1, e.retryAfterMs, e.random, p, now); // T14
      return { code: "reopened" };
    }
    if (e.verdict === "void") {
      this.changed(now); // T15
      if (++this.vo < 5) return { code: "void" };
      Object.assign(this, { st: "open", ou: now + this.cd, vo: 0 });
      return { code: "reopened" };
    }
    this.vo = 0;
    if (++this.gs < p.probe.successes) return { code: "passed" }; // T11
    Object.assign(this, { st: "closed", ca: now }); // T13
    this.forget();
    this.ep++;
    this.changed(now);
    return { code: "closed" };
  }

  private owns(e: { incarnation: number; token: string }): boolean {
    return e.incarnation === this.inc && this.st === "half" && this.lease?.token === e.token;
  }

  private open(att: number, hint: number | null, random: number, p: RecordPolicy, now: number): void {
    const { initialMs, factor, maxMs, jitter } = p.cooldown;
    const rung = Math.min(maxMs, initialMs * factor ** (att - 1)) * (1 + jitter * random);
    this.cd = Math.min(maxMs, rung); // a hint lengthens this open period, not the ladder (§5.7)
    const ou = now + Math.max(this.cd, Math.min(hint ?? 0, 600_000));
    Object.assign(this, { st: "open", att, ou, lease: null, gs: 0, lp: 0, vo: 0 });
    this.forget();
    this.ep++;
    this.changed(now);
  }

  private forget(): void {
    [this.counted, this.youngChanges, this.sk] = [[], [], { ...NO_SK }];
    this.served.clear();
  }

  private changed(now: number): Reply {
    if (this.inc === 0) this.inc = now;
    this.ver++;
    return { code: "changed" };
  }

  /** What can be seen of it at an instant, in the same words as {@link seenOf}. */
  seen(p: RecordPolicy, now: number): Seen {
    const open = this.st === "closed" ? null : { ou: this.ou, gs: this.gs, lp: this.lp, vo: this.vo };
    const kinds = this.inWindow(this.counted, p, now).map(({ kind }) => kind);
    const count = (wanted: (kind: string) => boolean): number => kinds.filter(wanted).length;
    return {
      state: this.st === "closed" ? "closed" : now < this.ou ? "open" : "half-open",
      versions: [this.inc, this.ver, this.ep],
      ladder: [this.att, this.cd, this.ca],
      open,
      lease: this.lease,
      holds: Object.fromEntries(this.holds),
      override: this.ov,
      counts: [
        count((k) => k === "success"),
        count((k) => k === "slow"),
        count((k) => k !== "success" && k !== "slow"),
        this.young(p, now),
      ],
      streak: this.sk.failures === 0 ? 0 : this.sk,
    };
  }
}

interface Seen {
  state: string;
  versions: number[];
  ladder: (number | null)[];
  open: object | null;
  lease: object | null;
  holds: object;
  override: object | null;
  counts: number[];
  streak: object | 0;
}

/** What can be seen of facts at an instant. */
export function seenOf(facts: Facts, p: RecordPolicy, now: number): Seen {
  const { circuit, holds, buckets, closedAtMs } = facts;
  const tripped = circuit.is === "tripped" ? circuit : null;
  const width = (p.windowMs as number) / 10;
  const counting = buckets.filter(
    ({ startMs }) =>
      Math.floor(now / width) - Math.round(startMs / width) < 10 &&
      startMs <= now + width * 10 &&
      (closedAtMs === null || startMs + width > closedAtMs),
  );
  const sum = (of: (bucket: Facts["buckets"][number]) => number): number =>
    counting.reduce((all, bucket) => all + of(bucket), 0);
  return {
    state: tripped === null ? "closed" : now < tripped.openUntilMs ? "open" : "half-open",
    versions: [facts.incarnation, facts.version, facts.generation],
    ladder: [facts.step, facts.cooldownMs, closedAtMs],
    open:
      tripped === null ? null : { ou: tripped.openUntilMs, gs: tripped.passed, lp: tripped.lost, vo: tripped.voided },
    lease:
      tripped === null || tripped.lease === null
        ? null
        : { token: tripped.lease.token, until: tripped.lease.expiresAtMs },
    holds: Object.fromEntries(
      Object.entries(holds).map(([kind, { sinceMs, untilMs, step }]) => [
        kind,
        { since: sinceMs, until: untilMs, step },
      ]),
    ),
    override: facts.override,
    counts: [
      sum((bucket) => bucket.successes),
      sum((bucket) => bucket.slow),
      sum((bucket) => Object.values(bucket.failures).reduce((all, count) => all + count, 0)),
      sum((bucket) => bucket.young),
    ],
    streak: facts.streak.failures === 0 ? 0 : facts.streak,
  };
}
