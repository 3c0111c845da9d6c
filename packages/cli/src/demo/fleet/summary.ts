/** What the fleet's story comes to: numbers, and the sentences that say what they mean. */
import { milliseconds, seconds } from "../../terminal/display.ts";
import type { FleetEvent, FleetJournal, SharedChange } from "./journal.ts";
import type { Mode, ReplicaName, Tally } from "./messages.ts";
import type { FleetScene } from "./scene.ts";

export interface FleetSummary {
  readonly lastedMs: number;
  readonly replicas: readonly (Tally & { readonly name: ReplicaName; readonly mode: Mode; readonly endsAs: string })[];
  readonly providerCalls: number;
  /** Changes of the shared circuit, oldest first. */
  readonly changes: readonly SharedChange[];
  readonly probes: number;
  /** The longest that a replica took; null without a stop. */
  readonly wentLocalMs: number | null;
  readonly sharedAgainMs: number | null;
  /** Calls that got no answer for a reason of the store. */
  readonly storeFailed: number;
  /** Calls that were not decided in the turn they were asked for in, and the longest of their waits. */
  readonly waited: number;
  readonly longestWaitMs: number;
  readonly happened: readonly string[];
  readonly next: string;
}

export function summariseFleet(scene: FleetScene, journal: FleetJournal, command: string): FleetSummary {
  const tallies = scene.replicas.map(({ tally }) => tally);
  const sum = (count: keyof Tally): number => tallies.reduce((all, tally) => all + tally[count], 0);
  const facts = {
    lastedMs: scene.atMs,
    replicas: scene.replicas.map(({ name, mode, shows, isGone, tally }) => ({
      ...{ name, mode, endsAs: isGone ? "gone" : shows },
      ...tally,
    })),
    providerCalls: scene.providerCalls,
    changes: journal.changes,
    probes: sum("probes"),
    wentLocalMs: longest(journal.wentLocalMs),
    sharedAgainMs: longest(journal.sharedAgainMs),
    storeFailed: sum("storeFailed"),
    waited: sum("waited"),
    longestWaitMs: Math.max(...tallies.map(({ longestWaitMs }) => longestWaitMs)),
  };
  const happened = [
    ...tripSentences(journal),
    ...probeSentences(facts.probes, journal),
    ...redisSentences(facts),
    `${facts.storeFailed} of ${sum("calls")} calls failed for a reason of the store. ${waitSentence(facts)}`,
  ];
  return { ...facts, happened, next: nextOf(journal.events, command) };
}

function longest(lags: readonly number[]): number | null {
  return lags.length === 0 ? null : Math.max(...lags);
}

function tripSentences({ changes, events }: FleetJournal): string[] {
  const trip = changes.find(({ to, reason }) => to === "open" && !reason.startsWith("probe"));
  if (trip === undefined) return [];
  const failuresOf = (name: string): number => {
    const is = ({ source, facts }: FleetEvent): boolean => source === name && facts["to"] === "open";
    return Number(events.find(is)?.facts["ownFailures"] ?? 0);
  };
  const others = Object.entries(trip.lagsMs).map(
    ([name, lagMs]) => `${name} after ${milliseconds(lagMs)}, with ${failuresOf(name)} of its own`,
  );
  const followed =
    others.length === 0 ? "" : ` The others rejected, too, counted from its last failure: ${others.join("; ")}.`;
  return [`${trip.by} tripped the circuit of all, with ${failuresOf(trip.by)} failed calls of its own.${followed}`];
}

function probeSentences(probes: number, { changes }: FleetJournal): string[] {
  const claims = changes.filter(({ to }) => to === "half-open").length;
  if (claims === 0) return [];
  const closed = changes.findLast(({ to }) => to === "closed");
  const end = closed === undefined ? "" : ` ${closed.by}'s closed the circuit for all.`;
  return [
    `${probes === 1 ? "One call was a probe" : `${probes} calls were probes`}, ${claims} of them for all three.${end}`,
  ];
}

function redisSentences({ wentLocalMs, sharedAgainMs }: Pick<FleetSummary, "wentLocalMs" | "sharedAgainMs">): string[] {
  if (wentLocalMs === null) return [];
  const back = sharedAgainMs === null ? "" : `, and shared again ${seconds(sharedAgainMs)} after it went on`;
  return [`Redis hung: the processes went on by themselves within ${seconds(wentLocalMs)}${back}.`];
}

function waitSentence({ waited, longestWaitMs }: Pick<FleetSummary, "waited" | "longestWaitMs">): string {
  if (waited === 0) return "None waited for it.";
  return `${waited} waited for it, to claim a probe: ${milliseconds(longestWaitMs)} at most.`;
}

function nextOf(events: readonly FleetEvent[], command: string): string {
  return events.some(({ kind }) => kind === "stopped")
    ? `Next: ${command} --scenario hang, one process and the outage that hurts most.`
    : `Next: ${command} --redis --stop-redis-at 6s --continue-redis-at 18s, the same while Redis itself hangs.`;
}
