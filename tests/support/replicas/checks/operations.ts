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

/**
 * @param snapshotMs how long what has begun to change may still be read as it was: no time where a store does one thing after
 *   the other; in PostgreSQL a read sees what was committed when it began, and its answer is left out if it did
 */
export function operationsIn(entries: readonly Entry[], snapshotMs = 0): Operations {
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
  const inOrder = told.toSorted((a, b) => a.storeMs - b.storeMs);
  return {
    told: inOrder.filter((one, at) => !isOlder(one, inOrder.slice(0, at), snapshotMs)),
    untold: [...asked.values()],
  };
}

function isOlder({ code, storeMs, circuit }: Operation, earlier: readonly Operation[], snapshotMs: number): boolean {
  if (snapshotMs === 0 || !(code === "read" || code === "denied" || code === "go")) return false;
  return earlier.some((write) => {
    if (CHANGES_NOTHING.has(write.code) || storeMs - write.storeMs >= snapshotMs) return false;
    const isOtherLease = circuit.lease?.expiresAtMs !== write.circuit.lease?.expiresAtMs;
    return circuit.incarnation === 0 || circuit.version < write.circuit.version || isOtherLease;
  });
}

export function said({ replica, command: { type, token, verdict }, code }: Operation): string {
  return [replica, type, verdict, token, "→", code].filter((word) => word !== undefined).join(" ");
}
