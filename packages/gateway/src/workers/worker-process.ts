/**
 * One worker: a gateway without an admin listener, at the orders of its parent. It ends with its parent, which `node:cluster` sees
 * to, and by no signal but SIGKILL: a terminal and systemd send theirs to every process, and the parent says what is to be done.
 */
import type { RequestRecord } from "../attempts/request-record.ts";
import { createGateway, type Gateway } from "../gateway.ts";
import { Borrowing } from "./borrowing.ts";
import { type FromWorker, fromWire, toWireError, type ToWorker } from "./messages.ts";

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
// Whoever read what is said may have gone.
process.stderr.on("error", () => {});

let gateway: Gateway | null = null;
const borrowing = new Borrowing(tell);
const toldKeys = new Set<string>();

process.on("message", (message: ToWorker) => void obey(message));
tell({ type: "up" });

async function obey(message: ToWorker): Promise<void> {
  switch (message.type) {
    case "start":
      return start(message);
    case "reload":
      borrowing.begin(message.generation);
      return tell({ type: "reloaded", error: await failureOf(() => gateway?.reload(fromWire(message.config))) });
    case "measure":
      return tell({ type: "measured", id: message.id, metrics: (await gateway?.measured()) ?? [] });
    case "lent":
    case "recall":
      return borrowing.hear(message);
    case "stop":
      await gateway?.close();
      process.disconnect();
  }
}

async function start({ worker, config, generation }: Extract<ToWorker, { type: "start" }>): Promise<void> {
  try {
    borrowing.begin(generation);
    gateway = createGateway(fromWire(config), {
      processMetrics: true,
      logFields: { worker },
      observe: tellKeys,
      slotsOf: borrowing.slotsOf,
    });
    const { url } = await gateway.listen();
    tell({ type: "listening", url });
  } catch (error) {
    tell({ type: "not-listening", error: toWireError(error) });
  }
}

// The parent is a replica, too: it looks at the circuits that its workers call by.
function tellKeys({ steps }: RequestRecord): void {
  for (const step of steps) {
    if (!("model" in step)) continue;
    const key = step.target.breakerKey(step.model);
    const text = JSON.stringify(key);
    if (toldKeys.has(text)) continue;
    toldKeys.add(text);
    tell({ type: "key", key });
  }
}

async function failureOf(run: () => Promise<void> | undefined): Promise<ReturnType<typeof toWireError> | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return toWireError(error);
  }
}

function tell(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}
