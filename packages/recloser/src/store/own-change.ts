/** What a replica's own operation made of a record: all else that an answer shows was made by others, and is news here. */
import type { ReplyCode } from "../record-event.ts";
import type { CircuitState } from "../state.ts";
import type { StoreCommand } from "./command.ts";

/** The state that the operation took the circuit to; null when it took it nowhere. */
export function ownStep({ type }: StoreCommand, code: ReplyCode): CircuitState | null {
  switch (code) {
    case "tripped":
    case "reopened":
      return "open";
    case "probe":
      return "half-open";
    case "closed":
      return "closed";
    case "changed":
      return type === "reset" ? "closed" : null;
    default:
      return null;
  }
}
