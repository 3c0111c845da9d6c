/** Broken replicas: what the library in a process must not do. */
import { Admission } from "../../../packages/recloser/src/admission.ts";
import { StoreError } from "../../../packages/recloser/src/errors.ts";
import { Machine } from "../../../packages/recloser/src/machine.ts";
import { Ramp } from "../../../packages/recloser/src/ramp.ts";
import { Link } from "../../../packages/recloser/src/store/link.ts";
import { Outbox } from "../../../packages/recloser/src/store/outbox.ts";
import { SharedRecord } from "../../../packages/recloser/src/store/shared-record.ts";
import type { StoredFacts } from "../../../packages/recloser/src/store/store.ts";
import { onClock } from "../../../packages/recloser/src/store/view.ts";
import { UNCOUNTED } from "../../../packages/recloser/src/ticket.ts";
import { disorder, oneIsAway } from "./amid.ts";
import { type Mutant, patchMethod } from "./mutant.ts";

const NEVER_MS = 10_000;

function adopt(record: SharedRecord, link: Link, { facts, nowMs }: StoredFacts): void {
  record.adopt(onClock(facts, record.machine.policy.probe.leaseMs, nowMs, link.nowMs()), { made: null, by: null });
}

// Which link a record belongs to is nobody's business in the library.
function withLinks(patch: (linkOf: (record: SharedRecord) => Link) => () => void): () => void {
  const links = new WeakMap<SharedRecord, Link>();
  const undoAttach = patchMethod(
    Link.prototype,
    "attach",
    (original) =>
      function (this: Link, machine) {
        const record = original.call(this, machine);
        links.set(record, this);
        return record;
      },
  );
  const undo = patch((record) => links.get(record) as Link);
  return () => {
    undo();
    undoAttach();
  };
}

export const LIBRARY_MUTANTS: readonly Mutant[] = [
  {
    name: "a lease shorter than its probe",
    breaks: "leases are not renewed while the probe runs",
    patch: () => patchMethod(SharedRecord.prototype, "renew", () => () => Promise.resolve(true)),
  },
  {
    name: "state is pushed on rejoin",
    fromSeed: 54,
    breaks: "a replica that had opened by itself while the store was away opens everybody when it is back",
    patch: () =>
      withLinks((linkOf) =>
        patchMethod(
          SharedRecord.prototype,
          "rejoined",
          (original) =>
            function (this: SharedRecord, nowMs) {
              const { circuit, step, cooldownMs } = this.machine.facts;
              if (circuit.is === "tripped" && this.facts.circuit.is === "closed") {
                const { incarnation, generation, version } = this.facts;
                const known = { incarnation, version: version + 1, generation: generation + 1, step, cooldownMs };
                const remainingMs = circuit.openUntilMs - nowMs;
                const command = { type: "reassert", ...known, reason: circuit.reason, remainingMs } as const;
                void linkOf(this).apply(this, command, 200, () => {});
              }
              original.call(this, nowMs);
            },
        ),
      ),
  },
  {
    name: "notification without poll",
    fromSeed: 541,
    breaks: "replicas believe the pushes, and ask for nothing",
    bench: {
      wrapClient: (client) => ({
        ...client,
        changes: async (namespace, cursor) => ({
          ...(await client.changes(namespace, cursor)),
          names: [],
          complete: true,
        }),
      }),
    },
  },
  {
    name: "every reply is adopted",
    breaks: "an answer that was overtaken takes the view back to what was before",
    patch: () =>
      patchMethod(
        Link.prototype,
        "apply",
        (original) =>
          function (this: Link, record, command, deadlineMs, onAnswer) {
            return original.call(this, record, command, deadlineMs, (answer, givenMs) => {
              onAnswer(answer, givenMs);
              adopt(record, this, answer);
            });
          },
      ),
  },
  {
    name: "every push is adopted",
    amid: disorder,
    breaks: "a push that was overtaken takes the view back to what was before",
    patch: () =>
      withLinks((linkOf) =>
        patchMethod(
          SharedRecord.prototype,
          "wasPushed",
          () =>
            function (this: SharedRecord, hint) {
              adopt(this, linkOf(this), hint);
            },
        ),
      ),
  },
  {
    name: "rejoin reports everything",
    amid: oneIsAway,
    breaks: "after an absence of the store outcomes count again that came of calls from before the last close",
    patch: () => patchMethod(Outbox.prototype, "keepStartedAfter", () => () => {}),
  },
  {
    name: "a report without an answer comes back",
    amid: disorder,
    breaks: "outcomes are sent again though the report that had them may have been applied",
    patch: () =>
      patchMethod(
        Link.prototype,
        "apply",
        (original) =>
          async function (this: Link, record, command, deadlineMs, onAnswer, onUnsent) {
            const answer = await original.call(this, record, command, deadlineMs, onAnswer, onUnsent);
            if (answer === null && command.type === "report") onUnsent?.();
            return answer;
          },
      ),
  },
  {
    name: "late outcomes count",
    fromSeed: 73,
    breaks: "in one process a call from before a trip counts in the next round",
    patch: () =>
      patchMethod(
        Machine.prototype,
        "fail",
        (original) =>
          function (this: Machine, ticket, kind, retryAfterMs, nowMs) {
            const isLate =
              ticket.lease === null && ticket.phase === UNCOUNTED && ticket.generation < this.facts.generation;
            if (isLate && this.facts.circuit.is === "closed") {
              ticket.generation = this.facts.generation;
              this.watch.add(ticket);
            }
            original.call(this, ticket, kind, retryAfterMs, nowMs);
          },
      ),
  },
  {
    name: "mistakes count as failures",
    breaks: "a caller's own mistake is held against the provider",
    patch: () =>
      patchMethod(
        Admission.prototype,
        "finish",
        (original) =>
          function (this: Admission, outcome, nowMs) {
            const isMistake = outcome.kind === "caller-error";
            original.call(this, isMistake ? { ...outcome, kind: "server-error", track: "window" } : outcome, nowMs);
          },
      ),
  },
  {
    name: "the ramp never ends",
    breaks: "after a close the number of calls in flight stays limited",
    patch: () => patchMethod(Ramp.prototype, "succeeded", () => () => false),
  },
  {
    name: "a store error reaches the caller",
    breaks: "a claim that fails fails its call",
    patch: () =>
      patchMethod(
        SharedRecord.prototype,
        "claim",
        (original) =>
          async function (this: SharedRecord) {
            await original.call(this);
            if (!this.isConnected) throw new StoreError("the store is away");
          },
      ),
  },
  {
    name: "a claim waits for ever",
    breaks: "a claim has no deadline of its own",
    patch: () =>
      patchMethod(
        Link.prototype,
        "apply",
        (original) =>
          function (this: Link, record, command, deadlineMs, onAnswer) {
            return original.call(this, record, command, command.type === "claim" ? NEVER_MS : deadlineMs, onAnswer);
          },
      ),
  },
];
