/** An operator's word to one record, from outside of any replica. */
import { actorOptions, overrideOptions } from "../call-options.ts";
import type { HistoryEvent } from "../history/history.ts";
import { createPolicy } from "../policy.ts";
import type { Facts } from "../state.ts";
import type { StoreCommand } from "../store/command.ts";
import type { InspectableStore, RecordAddress } from "../store/store.ts";
import type { Duration } from "../duration.ts";
import { type StoredRecord, storedRecord } from "./stored-record.ts";
import { writtenDown } from "./written-down.ts";

/** Who says it and, where it decides for others, why. As the methods of a `Breaker`, but without one. */
export type OperatorCommand =
  | {
      readonly type: "force-open" | "force-closed";
      readonly by: string;
      readonly reason: string;
      readonly for?: Duration;
    }
  | { readonly type: "clear-override" | "reset" | "probe-now"; readonly by: string };

export interface Operated {
  /** Null: there was no record, which is so of a circuit that never failed. */
  readonly before: StoredRecord | null;
  readonly after: StoredRecord;
  /** False: there was nothing to do, as no override to clear, or no cooldown to end. */
  readonly changed: boolean;
  /** Whether it is in the history too, as who did what; null: the store keeps none, or nothing was changed. */
  readonly audited: boolean | null;
  /** The store's clock. */
  readonly nowMs: number;
}

/**
 * Says it to the record of that name; all replicas learn of it as of any change, and a store that keeps a history writes down
 * who did it. A structured key's record is its
 * provider and model, `"openai:gpt-5"`. Whoever calls has a deadline of his own: a store may never answer.
 *
 * @throws InvalidOptionError naming the field; StoreError, or what the client throws
 * @example
 * await operate(store, { namespace: "checkout", name: "openai:gpt-5" }, { type: "force-open", by: "alice", reason: "maintenance", for: "30m" });
 */
export async function operate(
  store: InspectableStore,
  record: RecordAddress,
  command: OperatorCommand,
): Promise<Operated> {
  const wanted = storeCommandOf(command);
  const { namespace, name } = record;
  const found = await store.inspect(namespace, [name]);
  const judged = found.records.get(name) ?? null;
  const rules = judged?.rules ?? null;
  // How long a record lives follows the window of those who report to it.
  const policy = rules === null ? POLICY : { ...POLICY, windowMs: rules.windowMs };
  const { facts, reply, nowMs } = await store.apply(record, wanted, policy, command.by);
  const changed = reply.code !== "noop";
  return {
    before: judged === null ? null : storedRecord(name, judged, found.nowMs),
    after: storedRecord(name, { facts, rules }, nowMs),
    changed,
    audited: changed ? await written(store, record, command, facts, nowMs) : null,
    nowMs,
  };
}

const POLICY = createPolicy();

// Its change is its name, so that it is kept once.
function written(
  { history }: InspectableStore,
  { namespace, name }: RecordAddress,
  command: OperatorCommand,
  { incarnation, version, override }: Facts,
  nowMs: number,
): Promise<boolean | null> {
  const isHeld = command.type === "force-open" || command.type === "force-closed";
  const untilMs = isHeld ? (override?.untilMs ?? null) : null;
  const event: HistoryEvent = {
    type: "override",
    key: name,
    action: command.type === "clear-override" ? "clear" : command.type,
    by: command.by,
    reason: "reason" in command ? command.reason : null,
    forMs: untilMs === null ? null : untilMs - nowMs,
  };
  return writtenDown(history ?? null, namespace, `${name} ${incarnation}-${version}`, event);
}

function storeCommandOf(command: OperatorCommand): StoreCommand {
  switch (command.type) {
    case "force-open":
    case "force-closed": {
      const { type: mode, ...options } = command;
      return { type: "override", mode, ...overrideOptions(options) };
    }
    case "clear-override":
      actorOptions({ by: command.by });
      return { type: "clear" };
    case "reset":
    case "probe-now":
      actorOptions({ by: command.by });
      return { type: command.type };
  }
}
