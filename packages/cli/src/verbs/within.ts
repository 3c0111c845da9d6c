/** The time limit of what a command waits for. */
import { clearTimeout, setTimeout } from "node:timers";

/** What the promise comes to, or the error once the time is over; what it comes to then is nobody's. */
export function within<T>(limitMs: number, promise: Promise<T>, late: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(late()), limitMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
