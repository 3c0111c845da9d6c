/** `recloser audit`: what the store's history has of operators. */
import type { HistoryEvent } from "recloser/history";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { looksOf, type Shell } from "../shell.ts";
import { paint } from "../terminal/line.ts";
import { jsonLine } from "../terminal/printable.ts";
import { type Act, actLine } from "./act-line.ts";
import { filterFor, namesOf } from "./names.ts";
import type { Since } from "./since.ts";
import type { Audit, BreakerSource } from "./source/source.ts";

export interface AuditWanted {
  /** Null: of all that is kept. */
  readonly since: Since | null;
  readonly form: "text" | "json" | "ndjson";
}

export async function audit(
  shell: Shell,
  source: BreakerSource,
  patterns: readonly string[],
  { since, form }: AuditWanted,
): Promise<void> {
  if (source.audit === undefined) throw new TypeError("a source without an audit was let through");
  const kept = await source.audit();
  const { nowMs } = kept;
  if (kept.events.length === 0 && kept.writers === 0) throw nothingWritten(source.label);
  const all = actsOf(kept);
  // A breaker that nobody touched is one all the same.
  const names =
    patterns.length === 0
      ? []
      : [...new Set([...all.map(({ key }) => key), ...namesOf((await source.read()).records)])].toSorted();
  const isMeant = filterFor(patterns, names, source.absence);
  const fromMs = since === null ? Number.NEGATIVE_INFINITY : "atMs" in since ? since.atMs : nowMs - since.agoMs;
  const acts = all.filter(({ key, atMs }) => atMs >= fromMs && isMeant(key));
  if (form === "json") return void shell.stdout.write(`${jsonLine({ atMs: nowMs, events: acts })}\n`);
  if (form === "ndjson") return void shell.stdout.write(acts.map((act) => `${jsonLine(act)}\n`).join(""));
  const times = { nowMs, offsetMs: Date.now() - nowMs };
  const { colour } = looksOf(shell);
  shell.stdout.write(acts.map((act) => `${paint(actLine(act, times), Infinity, colour)}\n`).join(""));
  if (acts.length === 0)
    shell.stderr.write(
      `recloser: nobody did anything to ${patterns.length === 0 ? "a breaker" : "that"} in ${source.label}${since === null ? ", as far as is kept" : " since then"}\n`,
    );
}

function actsOf({ events }: Audit): readonly Act[] {
  return events.flatMap(({ replica, atMs, event }) => {
    const act = actOf(event, atMs);
    return act === null ? [] : [{ ...act, replica }];
  });
}

// What others wrote is looked at before it is believed.
function actOf(event: HistoryEvent, atMs: number): Omit<Act, "replica"> | null {
  if (typeof event !== "object" || event === null || !Number.isFinite(atMs)) return null;
  if (event.type !== "override" && event.type !== "policy") return null;
  const { key, action, by, reason, forMs } = event;
  if (typeof key !== "string" || typeof action !== "string" || typeof by !== "string") return null;
  const options = event.type === "policy" ? event.options : null;
  return {
    ...{ atMs, key, action, by },
    reason: typeof reason === "string" ? reason : null,
    untilMs: typeof forMs === "number" ? atMs + forMs : null,
    ...(typeof options === "object" && options !== null && { options }),
  };
}

function nothingWritten(label: string): CommandFailure {
  return new CommandFailure(
    EXIT.failed,
    `nothing is written down in ${label}, and no replica has told of itself within the hour\n` +
      "Is the namespace right (--namespace)? Replicas write it where their store keeps a history: redisStore() and postgresStore() do, unless it was taken off by withoutHistory(store).",
  );
}
