/** A run as text, one line per thing that happened, in order: for people who look for why, and to compare two runs byte by byte. */
import type { Facts } from "../../packages/recloser/src/state.ts";
import type { CallRecord, EventRecord, History, OperationRecord } from "./history.ts";
import type { Plan } from "./plan.ts";

interface Line {
  readonly atMs: number;
  readonly text: string;
}

export function traceOf(history: History): string {
  const { plan, calls, operations, events, healedMs, recoveredMs, quietMs, stuck } = history;
  const phases: Line[] = [
    { atMs: healedMs, text: "everything is well from here on" },
    ...(recoveredMs === null ? [] : [{ atMs: recoveredMs, text: "the fleet has recovered; no more calls" }]),
    { atMs: quietMs, text: stuck === null ? "quiet; closing" : `quiet, though ${stuck}; closing` },
  ];
  const lines = [
    ...faults(plan),
    ...calls.flatMap(ofCall),
    ...operations.map(ofOperation),
    ...events.map(ofEvent),
    ...phases,
  ];
  return lines
    .toSorted((one, other) => one.atMs - other.atMs)
    .map(({ atMs, text }) => `${atMs.toFixed(3).padStart(12)}  ${text}\n`)
    .join("");
}

function faults(plan: Plan): readonly Line[] {
  return [...plan.faults, ...plan.provider].flatMap((fault) => {
    const { atMs, forMs, ...rest } = fault;
    const what = Object.entries(rest)
      .map(([name, value]) => (name === "kind" || name === "mode" ? String(value) : `${name} ${String(value)}`))
      .join(", ");
    const where = "mode" in fault ? "provider: " : "";
    return [
      { atMs, text: `▼ ${where}${what}` },
      { atMs: Math.min(atMs + forMs, plan.faultsForMs), text: `▲ ${where}${what}` },
    ];
  });
}

function ofCall(call: CallRecord): readonly Line[] {
  const { id, replica, atMs, admittedMs, endMs, end, reason, probe, shownMs } = call;
  const name = `r${replica} call ${id}`;
  const lines: Line[] = [];
  if (admittedMs !== null) {
    const leases = call.leases.map(({ record, token }) => `${record} ${token ?? "(its own)"}`).join(", ");
    const waited = admittedMs > atMs ? ` after ${(admittedMs - atMs).toFixed(3)} ms` : "";
    lines.push({ atMs: admittedMs, text: `${name} begins${waited}${probe ? ` as the probe: ${leases}` : ""}` });
  }
  if (shownMs !== null && shownMs !== endMs) lines.push({ atMs: shownMs, text: `${name} shows content` });
  const said = call.stateSaid === null ? "" : `, circuit ${call.stateSaid}`;
  const how = call.inFlight ? ", in flight" : "";
  if (endMs !== null)
    lines.push({ atMs: endMs, text: `${name} ${end ?? "?"}${reason === null ? "" : ` (${reason}${how}${said})`}` });
  return lines;
}

function ofOperation({ replica, record, command, code, before, after, atMs }: OperationRecord): Line {
  const token = "token" in command ? ` ${command.token}` : "";
  const verdict = command.type === "settle" ? ` ${command.verdict}` : "";
  const tag =
    "generation" in command || "incarnation" in command
      ? ` [${"incarnation" in command ? command.incarnation : ""} g${"generation" in command ? command.generation : ""}]`
      : "";
  const counts =
    command.type === "report"
      ? ` ${JSON.stringify(command.cells.map(({ successes, failures, young }) => [successes, failures, young]))}`
      : "";
  const change = before === after ? "" : ` → ${factsText(after)}`;
  return {
    atMs,
    text: `store: ${replica} ${command.type}${verdict}${token} ${record}${tag}${counts}: ${code}${change}`,
  };
}

export function factsText({ incarnation, version, generation, circuit, override }: Facts): string {
  const state =
    circuit.is === "closed"
      ? "closed"
      : `tripped (${circuit.reason}) until ${circuit.openUntilMs.toFixed(1)}${circuit.lease === null ? "" : `, lease ${circuit.lease.token}`}`;
  return `[${incarnation} v${version} g${generation}] ${state}${override === null ? "" : `, ${override.mode}`}`;
}

function ofEvent(record: EventRecord): Line {
  const { replica, at: atMs } = record;
  switch (record.name) {
    case "transition": {
      const { key, from, to, reason, origin, scope, by, generation, evidence } = record.event;
      const why = evidence === null ? "" : `: ${evidence.headline}`;
      const text = `r${replica} ${key} ${from} → ${to} (${reason}, ${scope} circuit, made ${origin} by ${by}, g${generation})${why}`;
      return { atMs, text };
    }
    case "probe":
      return { atMs, text: `r${replica} ${record.event.key} probe ${record.event.result}` };
    case "override":
      return { atMs, text: `r${replica} ${record.event.key} ${record.event.action} by ${record.event.by}` };
    case "mode":
      return { atMs, text: `r${replica} goes on ${record.event.mode}` };
    case "store":
      return { atMs, text: `r${replica} store ${record.event.mode}: ${record.event.error?.message ?? "well"}` };
  }
}
