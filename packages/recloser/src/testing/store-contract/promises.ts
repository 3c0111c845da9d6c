/** The promises of a shared store, one check each (store/store.ts says them in words). */
import { must, same, Subject } from "./checks.ts";
import type { SharedStore, StoreHint } from "../../store/store.ts";
import { systemClock } from "../../clock.ts";

export interface Promised {
  readonly name: string;
  readonly run: (store: SharedStore, namespace: string) => Promise<void>;
}

const PUSH_WITHIN_MS = 2_000;
const TIMELY_MS = 500;

export const PROMISES: readonly Promised[] = [
  {
    name: "a record that does not exist is closed, and looking makes none",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      same((await subject.claim("one")).reply, { code: "go" }, "a claim of no record");
      const { records } = await store.read(namespace, [subject.address.name]);
      must(records.size === 0, "reading makes no record", [...records]);
    },
  },
  {
    name: "a report trips, once, and everyone reads the same facts",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      const first = await subject.fails();
      must(first.reply.code === "tripped", "one failure trips a policy that asks for one", first.reply);
      const late = await subject.fails({ incarnation: 0, generation: 0 }, "b");
      must(late.reply.code === "stale", "a report of the round before changes nothing", late.reply);
      const { records } = await store.read(namespace, [subject.address.name]);
      same(records.get(subject.address.name), first.facts, "what is read is what was answered");
    },
  },
  {
    name: "a report is applied at most once, and not after its last instant",
    async run(store, namespace) {
      const subject = new Subject(store, namespace, { consecutiveFailures: false, failureThreshold: 3 });
      const { nowMs } = await subject.look();
      const twice = { id: `twice ${nowMs}` };
      const first = await subject.fails(twice);
      const second = await subject.fails(twice);
      same(second.facts, first.facts, "the same report again changes nothing");
      const late = await subject.fails({ notAfterMs: nowMs - 1 });
      must(late.reply.code === "expired", "a report that comes late does nothing", late.reply);
      same(late.facts, first.facts, "a late report changes nothing");
    },
  },
  {
    name: "a report that was applied is never told that it came too late",
    async run(store, namespace) {
      const subject = new Subject(store, namespace, { consecutiveFailures: false, failureThreshold: 3 });
      const { nowMs } = await subject.look();
      // Long enough for the slowest way to the store, or there is nothing to see.
      const timely = { id: `timely ${nowMs}`, notAfterMs: nowMs + TIMELY_MS };
      const first = await subject.fails(timely);
      must(first.reply.code === "ok", "a report in time is applied", first.reply);
      await systemClock.sleep(TIMELY_MS + 50);
      const again = await subject.fails(timely);
      must(again.nowMs > timely.notAfterMs, "its last instant is over", again.nowMs);
      must(again.reply.code === "noop", "one that was applied, and comes again too late, is known", again.reply);
      same(again.facts, first.facts, "it changes nothing");
    },
  },
  {
    name: "reports of the same moment all count, also those that make the record",
    async run(store, namespace) {
      const never = { consecutiveFailures: false, failureThreshold: false, failureRate: false } as const;
      const subject = new Subject(store, namespace, never);
      const { nowMs } = await subject.look();
      const all = Array.from({ length: 40 }, (_, at) => subject.fails({ id: `${nowMs} ${at}` }, `replica ${at}`));
      const counted = await Promise.all(all);
      must(
        counted.every(({ reply }) => reply.code === "ok"),
        "each is taken",
        counted.map(({ reply }) => reply.code),
      );
      const { records } = await store.read(namespace, [subject.address.name]);
      const failures = (records.get(subject.address.name)?.buckets ?? []).flatMap((bucket) =>
        Object.values(bucket.failures),
      );
      const sum = failures.reduce((total, count) => total + count, 0);
      must(sum === all.length, "none is lost in another", sum);
    },
  },
  {
    name: "one lease: while it lives, every other claim is denied and changes nothing",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      await subject.fails();
      const early = await subject.claim("early");
      must(early.reply.code === "denied" && (early.reply.retryAfterMs ?? 0) > 0, "no claim before the deadline", early);
      await subject.apply({ type: "probe-now" });
      const tokens = Array.from({ length: 20 }, (_, at) => `t${at}`);
      const all = await Promise.all(tokens.map((token) => subject.claim(token, 10_000, token)));
      const given = all.filter(({ reply }) => reply.code === "probe");
      must(
        given.length === 1,
        "of claims at the same moment one gets the lease",
        all.map(({ reply }) => reply.code),
      );
      const facts = given[0]?.facts;
      const denied = await subject.claim("another");
      must(denied.reply.code === "denied", "a claim beside a live lease is denied", denied.reply);
      same(denied.facts, facts, "a denial changes nothing");
    },
  },
  {
    name: "a token is good once, for its own life of the record",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      await subject.fails();
      await subject.apply({ type: "probe-now" });
      const { facts } = await subject.claim("mine");
      const settle = { type: "settle", verdict: "passed", retryAfterMs: null, random: 0 } as const;
      const { incarnation } = facts;
      const fenced = await Promise.all([
        subject.apply({ ...settle, incarnation, token: "another's" }),
        subject.apply({ ...settle, incarnation: incarnation + 1, token: "mine" }),
        subject.apply({ type: "renew", leaseMs: 1_000, incarnation, token: "another's" }),
      ]);
      same(
        fenced.map(({ reply }) => reply.code),
        ["fenced", "fenced", "fenced"],
        "strange tokens",
      );
      same(fenced[2]?.facts, facts, "a strange token changes nothing");
      const renewed = await subject.apply({ type: "renew", leaseMs: 20_000, incarnation, token: "mine" });
      must(
        renewed.reply.code === "renewed" && renewed.reply.lease?.token === "mine",
        "the holder renews",
        renewed.reply,
      );
      const closed = await subject.apply({ ...settle, incarnation, token: "mine" });
      must(closed.reply.code === "closed", "the holder closes", closed.reply);
      must(closed.facts.generation === facts.generation + 1, "closing begins a new round", closed.facts);
      const again = await subject.apply({ ...settle, incarnation, token: "mine" });
      must(again.reply.code === "fenced", "a token is good once", again.reply);
    },
  },
  {
    name: "holds, overrides and resets are kept, with their words as they came",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      const by = 'o|"p"{s}';
      await subject.apply({ type: "hold", kind: "auth", retryAfterMs: 5_000, startedAgoMs: 0 });
      const { facts } = await subject.apply({
        type: "override",
        mode: "force-open",
        by,
        reason: "größere Wartung\n2. Zeile",
        forMs: null,
      });
      must(facts.override?.by === by && facts.override.untilMs === null, "an override is kept", facts.override);
      must(facts.override.reason === "größere Wartung\n2. Zeile", "its reason is kept", facts.override);
      must(Object.keys(facts.holds).join() === "auth", "a hold stays beside it", facts.holds);
      const cleared = await subject.apply({ type: "clear" });
      must(cleared.facts.override === null, "an override is cleared", cleared.facts);
      const reset = await subject.apply({ type: "reset" });
      same(reset.facts.holds, {}, "a reset ends holds");
    },
  },
  {
    name: "only a lack of history lets an open period be put back",
    async run(store, namespace) {
      const lost = new Subject(store, namespace);
      const { facts } = await lost.fails();
      const word = {
        type: "reassert",
        incarnation: facts.incarnation,
        version: facts.version,
        generation: facts.generation,
        step: 1,
        cooldownMs: 60_000,
        reason: "consecutive-failures",
        remainingMs: 30_000,
      } as const;
      const noop = await lost.apply(word);
      must(noop.reply.code === "noop", "a record with that history keeps it", noop.reply);
      const empty = new Subject(store, namespace);
      const put = await empty.apply(word);
      must(put.facts.circuit.is === "tripped", "a lost record is put back", put.facts);
      must(put.facts.generation === facts.generation, "with its generation", put.facts);
    },
  },
  {
    name: "the log tells what changed since a cursor, and nothing else",
    async run(store, namespace) {
      const [one, two] = [new Subject(store, namespace), new Subject(store, namespace)];
      await one.fails();
      const { cursor } = await store.changes(namespace, null);
      must((await store.changes(namespace, cursor)).names.length === 0, "nothing has changed since", cursor);
      await two.fails();
      await one.claim("denied");
      const changes = await store.changes(namespace, cursor);
      same([...changes.names], [two.address.name], "what changed");
      must(changes.complete, "the log reaches back", changes);
      const strange = await store.changes(namespace, "another life:3");
      must(!strange.complete, "a strange cursor is told to read all", strange);
    },
  },
  {
    name: "namespaces do not meet",
    async run(store, namespace) {
      const here = new Subject(store, namespace, {}, "shared name");
      const there = new Subject(store, `${namespace}}:b:{`, {}, "shared name");
      await here.fails();
      same((await there.claim("one")).reply, { code: "go" }, "a claim in another namespace");
      await there.fails();
      must((await there.look()).facts.circuit.is === "tripped", "the other has its own", await there.look());
    },
  },
  {
    name: "a change is pushed to whoever listens, until they end it",
    async run(store, namespace) {
      const subject = new Subject(store, namespace);
      const heard: StoreHint[] = [];
      const end = await store.subscribe(namespace, (hint) => heard.push(hint));
      const { facts } = await subject.fails({}, "the one who did");
      for (let waitedMs = 0; heard.length === 0 && waitedMs < PUSH_WITHIN_MS; waitedMs += 5) await systemClock.sleep(5);
      end();
      const [hint] = heard;
      must(hint !== undefined, "a push comes", heard);
      must(hint.name === subject.address.name && hint.by === "the one who did", "it says whose change it was", hint);
      same(hint.facts.circuit, facts.circuit, "it says what became of the record");
      same([hint.facts.version, hint.facts.incarnation], [facts.version, facts.incarnation], "its version");
      await subject.apply({ type: "probe-now" });
      await systemClock.sleep(50);
      must(heard.length === 1, "nothing comes after the end", heard.length);
    },
  },
  {
    name: "names may be any text",
    async run(store, namespace) {
      for (const name of ["a b", "{x}", "ü:%|\n", "x".repeat(200), "openai:ft%3Agpt", "__proto__"]) {
        const subject = new Subject(store, namespace, {}, name);
        await subject.fails();
        const { records } = await store.read(namespace, [name, `${name}?`]);
        same([...records.keys()], [name], "the names read");
      }
    },
  },
  {
    name: "many records are read at once",
    async run(store, namespace) {
      const subjects = Array.from({ length: 600 }, () => new Subject(store, namespace));
      await Promise.all(subjects.map((subject) => subject.fails()));
      const { records } = await store.read(
        namespace,
        subjects.map(({ address }) => address.name),
      );
      must(records.size === subjects.length, "all of them come", records.size);
      must((await store.read(namespace, [])).records.size === 0, "none come when none are asked for", null);
    },
  },
  {
    name: "a ping writes",
    async run(store, namespace) {
      must(await store.ping(namespace), "a store that can be written says so", false);
    },
  },
];
