/** A worker's side of what it borrows: the slots of clients, of the configuration in force and of those before it. */
import type { SlotsOf } from "../http/clients.ts";
import { LentSlots } from "./lent-slots.ts";
import type { FromWorker, ToWorker } from "./messages.ts";

export class Borrowing {
  readonly #tell: (message: FromWorker) => void;
  readonly #slots = new Map<string, LentSlots>();
  readonly #asked = new Map<number, (count: number) => void>();
  #generation = 0;
  #ids = 0;

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell;
  }

  /** Slots that are made from now on belong to it. Those of a configuration that nobody reloads to any more are forgotten. */
  begin(generation: number): void {
    this.#generation = generation;
    for (const key of this.#slots.keys()) if (Number(key.split(" ", 1)[0]) < generation - 1) this.#slots.delete(key);
  }

  readonly slotsOf: SlotsOf = (client) => {
    const generation = this.#generation;
    const slots = new LentSlots(() => this.#borrow(generation, client));
    this.#slots.set(`${generation} ${client}`, slots);
    return slots;
  };

  hear(message: Extract<ToWorker, { type: "lent" | "recall" }>): void {
    const { id } = message;
    if (message.type === "recall") {
      const count = this.#slots.get(`${message.generation} ${message.client}`)?.release() ?? 0;
      return this.#tell({ type: "given-back", id, count });
    }
    this.#asked.get(id)?.(message.count);
    this.#asked.delete(id);
  }

  #borrow(generation: number, client: string): Promise<number> {
    const id = ++this.#ids;
    const lent = new Promise<number>((resolve) => this.#asked.set(id, resolve));
    this.#tell({ type: "borrow", id, generation, client });
    return lent;
  }
}
