/** What a store did, in its own order, as far as its clients were told. */
import type { ReplyCode } from "../../../../packages/recloser/src/record-event.ts";
import type { AskedCommand, Entry, StoredCircuit } from "../entries.ts";
import { only } from "./finding.ts";

export interface Operation {
  readonly at: number;
  readonly replica: string;
  readonly command: AskedCommand;
  readonly code: ReplyCode | "read";
  readonly storeMs: number;
  readonly circuit: StoredCircuit;
}

export interface Operations {
  /** Reads too. */
  readonly told: readonly Operation[];
  /** Commands whose answer nobody has seen: they may have been carried out. */
  readonly untold: readonly { readonly replica: string; readonly command: AskedCommand }[];
}

const READ: AskedCommand = { type: "read" };

export const CHANGES_NOTHING: ReadonlySet<Operation["code"]> = new Set([
  "read",
  "denied",
  "go",
  "stale",
  "expired",
  "ignored",
  "fenced",
  "noop",
]);
export const SETTLED: ReadonlySet<Operation["code"]> = new Set(["passed", "closed", "reopened", "void"]);

export function operationsIn(entries: readonly Entry[]): Operations {
  const asked = new Map(
    only(entries, "asked").map(({ replica, n, command }) => [`${replica} ${n}`, { replica, command }]),
  );
  const told = only(entries, "told").map(({ at, replica, n, code, storeMs, circuit }): Operation => {
    const id = `${replica} ${n}`;
    const command = asked.get(id)?.command ?? READ;
    asked.delete(id);
    return { at, replica, command, code, storeMs, circuit };
  });
  // The store does one thing at a time, and its clock has microseconds.
  return { told: told.toSorted((a, b) => a.storeMs - b.storeMs), untold: [...asked.values()] };
}

export function said({ replica, command: { type, token, verdict }, code }: Operation): string {
  return [replica, type, verdict, token, "→", code].filter((word) => word !== undefined).join(" ");
}
