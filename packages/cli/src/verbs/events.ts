/** `recloser events`: how breakers stand and what happens to them, as lines of JSON. */
import type { Inspection, StoredRecord } from "recloser/inspect";
import type { Shell } from "../shell.ts";
import { jsonLine } from "../terminal/printable.ts";
import { type ChangeEvent, changesIn } from "./changes.ts";
import { follow } from "./follow.ts";
import { filterFor, namesOf } from "./names.ts";
import type { Work } from "./with-source.ts";

export async function events(
  shell: Shell,
  { source, signal }: Work,
  patterns: readonly string[],
  goesOn: boolean,
): Promise<void> {
  const write = (event: unknown): void => void shell.stdout.write(`${jsonLine(event)}\n`);
  let before: readonly StoredRecord[] | null = null;
  let isMeant: ((name: string) => boolean) | null = null;
  let isLost = false;
  const seen = ({ nowMs, records: all }: Inspection, told: readonly ChangeEvent[] | null): boolean => {
    const meant = (isMeant ??= filterFor(patterns, namesOf(all), source.absence));
    const records = all.filter(({ name }) => meant(name));
    if (before === null) for (const event of states(records)) write(event);
    for (const event of changesIn(told, before, { nowMs, records }, meant)) write(event);
    if (isLost) shell.stderr.write("recloser: it answers again\n");
    [before, isLost] = [records, false];
    return !goesOn;
  };
  const lost = (error: Error): void => {
    if (!isLost) shell.stderr.write(`recloser: ${error.message}\n`);
    isLost = true;
  };
  await follow(source, { seen, lost }, signal);
}

// How each stands, the one that has stood so for longest first.
function states(records: readonly StoredRecord[]): object[] {
  return records
    .toSorted((a, b) => (a.sinceMs ?? 0) - (b.sinceMs ?? 0))
    .map(({ name: key, state, effectiveState, sinceMs, reason, evidence, override, generation }) => ({
      type: "state",
      key,
      state,
      effectiveState,
      sinceMs,
      reason,
      evidence: evidence?.summary ?? null,
      override,
      generation,
    }));
}
