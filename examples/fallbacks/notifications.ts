/** Notifications: nobody waits for them, so they wait. A job comes back when the circuit takes it, with all its attempts left. */
import { type ConnectionOptions, type Job, Worker } from "bullmq";
import type { Breaker } from "recloser";
import { guardProcessor } from "recloser/bullmq";

export interface Notification {
  readonly to: string;
  readonly text: string;
}

export function notificationWorker(
  queue: string,
  connection: ConnectionOptions,
  breaker: Breaker,
  url: string,
): Worker<Notification, void> {
  const send = guardProcessor(
    breaker,
    async ({ id, data }: Job<Notification, void>, _token, signal) => {
      const response = await fetch(`${url}/messages`, {
        method: "POST",
        // The mail service drops a second one of the same key, which is what makes `idempotent` true.
        headers: { "content-type": "application/json", "idempotency-key": `notification-${id}` },
        body: JSON.stringify(data),
        signal,
      });
      if (!response.ok) throw Object.assign(new Error("not sent"), { status: response.status });
    },
    { idempotent: true, step: "200ms", maxWait: "6h" },
  );
  return new Worker(queue, send, { connection, concurrency: 20, drainDelay: 1 });
}
