/** What a replica's own operation made of a record: all else that an answer shows was made by others, and is news here. */
import type { ReplyCode } from "../record-event.ts";
import type { CircuitState } from "../state.ts";
import type { StoreCommand } from "./command.ts";

const TOOK_TO: Readonly<Partial<Record<ReplyCode, CircuitState>>> = {
  tripped: "open",
  reopened: "open",
  probe: "half-open",
  closed: "closed",
};

/** The state that the operation took the circuit to; null when it took it nowhere. */
export function ownStep({ type }: StoreCommand, code: ReplyCode): CircuitState | null {
  return TOOK_TO[code] ?? (type === "reset" && code === "changed" ? "closed" : null);
}
