/** Questions that wait until the provider can be asked again. */
import type { Breaker } from "recloser";
import type { Answer } from "./answer.ts";

export type Job =
  | { readonly id: string; readonly question: string; readonly state: "waiting" }
  | { readonly id: string; readonly question: string; readonly state: "done"; readonly answer: Answer }
  | { readonly id: string; readonly question: string; readonly state: "failed"; readonly message: string };

export interface JobQueue {
  /** For people: where it is. */
  readonly label: string;
  /** @returns the job's id; null: there is no room */
  add(question: string): Promise<string | null>;
  /** Null: there is none of this id, or none any more. */
  find(id: string): Promise<Job | null>;
  close(): Promise<void>;
}

/** The queue through its own breaker: one that cannot be reached has no room. `find` rejects then. */
export function guardedJobs(queue: JobQueue, breaker: Breaker): JobQueue {
  return {
    label: queue.label,
    add: (question) => breaker.execute(() => queue.add(question), { fallback: () => null }),
    find: (id) => breaker.execute(() => queue.find(id)),
    close: () => queue.close(),
  };
}
