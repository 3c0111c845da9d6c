/** `recloser wait`: until a breaker stands as a script needs it. */
import { clearTimeout, setTimeout } from "node:timers";
import type { StoredRecord } from "recloser/inspect";
import { CommandFailure } from "../command-failure.ts";
import { EXIT } from "../exit-code.ts";
import { looksOf, type Shell } from "../shell.ts";
import { paint } from "../terminal/line.ts";
import { jsonLine } from "../terminal/printable.ts";
import { lengthText } from "../terminal/time-text.ts";
import { follow } from "./follow.ts";
import { nameMeant, namesOf, quoted } from "./names.ts";
import { standingOf } from "./standing.ts";
import { statusDetails } from "./status-details.ts";
import type { Work } from "./with-source.ts";

export interface Awaited {
  readonly pattern: string;
  readonly state: StoredRecord["state"];
  readonly limitMs: number;
}

/** @throws CommandFailure when it does not come in time */
export async function waitFor(
  shell: Shell,
  { source, signal }: Work,
  { pattern, state, limitMs }: Awaited,
  json: boolean,
): Promise<void> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), limitMs);
  let name: string | null = null;
  let last: StoredRecord | null = null;
  let failure: Error | null = null;
  let met: (() => void) | null = null;
  try {
    await follow(
      source,
      {
        seen({ nowMs, records }) {
          failure = null;
          name ??= nameMeant(pattern, namesOf(records), source.absence);
          last = records.find((record) => record.name === name) ?? null;
          // A record whose life has ended had nothing to say any more: closed.
          if ((last?.effectiveState ?? "closed") !== state) return false;
          met = () => tell(shell, name as string, state, last, nowMs, json);
          return true;
        },
        lost: (error) => void (failure = error),
      },
      AbortSignal.any([signal, over.signal]),
    );
  } finally {
    clearTimeout(timer);
  }
  if (met !== null) return (met as () => void)();
  if (signal.aborted) return;
  throw failure ?? notMet(name ?? pattern, state, last, limitMs);
}

function tell(
  shell: Shell,
  name: string,
  state: string,
  record: StoredRecord | null,
  nowMs: number,
  json: boolean,
): void {
  if (json) shell.stdout.write(`${jsonLine({ name, state, atMs: nowMs, breaker: record })}\n`);
  else if (record === null) shell.stdout.write(`${quoted(name)} has no record any more: closed\n`);
  else {
    const [line = []] = statusDetails(record, { nowMs, offsetMs: Date.now() - nowMs }, Infinity);
    shell.stdout.write(`${paint(line, Infinity, looksOf(shell).colour)}\n`);
  }
}

function notMet(name: string, state: string, last: StoredRecord | null, limitMs: number): CommandFailure {
  const word = last === null ? "closed" : standingOf(last).word;
  const why =
    last === null
      ? ""
      : last.override !== null
        ? `\nIt is held by ${quoted(last.override.by)}; recloser release ends that.`
        : last.state === "half-open" && !last.probing
          ? "\nThe next call is the probe, and nobody has called."
          : last.evidence === null
            ? ""
            : `\n${last.evidence.summary}`;
  return new CommandFailure(
    EXIT.notMet,
    `${quoted(name)} is ${word}, not ${state}, after ${lengthText(limitMs)}${why}`,
  );
}
