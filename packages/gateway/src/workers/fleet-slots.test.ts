import type { Worker as Process } from "node:cluster";
import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { ClientConfig, GatewayConfig } from "../config/config.ts";
import { FleetSlots } from "./fleet-slots.ts";
import type { FromWorker, ToWorker } from "./messages.ts";
import { Worker } from "./worker.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const CLIENT: ClientConfig = {
  id: "team",
  keySha256: "",
  routes: null,
  maxInFlight: 1,
  mayBypass: false,
  priority: "interactive",
};
const NOTHING = { targets: {} } as GatewayConfig;

class Channel extends EventEmitter {
  readonly sent: ToWorker[] = [];
  readonly worker: Worker;
  readonly process = { pid: 1, kill: () => true };
  #ids = 0;

  constructor(slots: FleetSlots) {
    super();
    const process = this as unknown as Process;
    this.worker = new Worker(process, 1, { config: NOTHING, generation: 1 }, (message, from) => {
      if (message.type === "borrow") void slots.lend(from, message);
    });
    void this.worker.ended.then(() => slots.ended(this.worker));
  }

  isConnected(): boolean {
    return true;
  }

  send(message: ToWorker): void {
    this.sent.push(message);
  }

  says(message: FromWorker): void {
    this.emit("message", message);
  }

  /** Resolves with how many it is lent; null: it gets no answer. */
  async borrow(afterMs: number = 0): Promise<number | null> {
    const id = ++this.#ids;
    this.says({ type: "borrow", id, generation: 1, client: "team" });
    await vi.advanceTimersByTimeAsync(afterMs);
    const lent = this.sent.find((message) => message.type === "lent" && message.id === id);
    return lent?.type === "lent" ? lent.count : null;
  }
}

function fleet(): [Channel, Channel] {
  const slots = new FleetSlots(2);
  slots.begin([CLIENT]);
  return [new Channel(slots), new Channel(slots)];
}

test("A slot that a worker gives back when nobody waits for it any more is lent again", async () => {
  const [hung, other] = fleet();
  expect(await hung.borrow()).toBe(1);
  expect(await other.borrow(2_000)).toBe(0);
  const recall = hung.sent.find((message) => message.type === "recall");
  hung.says({ type: "given-back", id: recall?.id ?? 0, count: 1 });
  expect(await other.borrow()).toBe(1);
});

test("A slot is not lent to a worker whose wish is heard behind its end", async () => {
  const [gone, other] = fleet();
  gone.emit("exit", 1, null);
  await gone.worker.ended;
  expect(await gone.borrow()).not.toBe(1);
  expect(await other.borrow()).toBe(1);
});

test("The slot of a worker that ends while it is asked for it goes to the one that asked", async () => {
  const [gone, other] = fleet();
  expect(await gone.borrow()).toBe(1);
  expect(await other.borrow()).toBeNull();
  gone.emit("exit", 1, null);
  await vi.advanceTimersByTimeAsync(0);
  expect(other.sent.at(-1)).toMatchObject({ type: "lent", count: 1 });
});
