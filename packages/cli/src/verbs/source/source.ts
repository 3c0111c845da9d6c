/** Where breakers are seen and operated: a store that replicas share. */
import type { Inspection, Operated, OperatorCommand } from "recloser/inspect";

/** Each of these takes no longer than the source's time limit, and fails with a `CommandFailure` that says what to do. */
export interface BreakerSource {
  /** For people, without any secret: `redis://host:6379, namespace "recloser"`. */
  readonly label: string;
  /** All breakers, or those of these names that there are. */
  read(names?: readonly string[]): Promise<Inspection>;
  operate(name: string, command: OperatorCommand): Promise<Operated>;
  /**
   * Calls back soon after anything may have changed. It is a hint that may be lost: whoever must not miss anything looks
   * again by itself. Without the right to hear it nothing is called.
   */
  onChange(listener: () => void): Promise<void>;
  close(): Promise<void>;
}
