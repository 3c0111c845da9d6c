/** The one connection that listens, for all namespaces of a store. One that dies, or says no more, is replaced. */
import { type Alarm, createAlarm, systemClock } from "../../clock.ts";
import type { NotificationLike, PoolClientLike } from "./port.ts";
import { within } from "./within.ts";

type OnMessage = (message: string) => void;

const AGAIN_LEAST_MS = 200;
const AGAIN_MOST_MS = 5_000;
const SILENT = "PostgreSQL does not answer the connection that listens";

export class Listener {
  readonly #take: () => Promise<PoolClientLike>;
  readonly #heard = new Map<string, Set<OnMessage>>();
  readonly #again: Alarm = createAlarm(systemClock, () => void this.#listenAgain());
  #againMs = AGAIN_LEAST_MS;
  #client: Promise<PoolClientLike> | null = null;
  #proofs = 0;

  constructor(take: () => Promise<PoolClientLike>) {
    this.#take = take;
  }

  /** Resolves to what ends it. */
  async listen(channel: string, onMessage: OnMessage, signal: AbortSignal | undefined): Promise<() => void> {
    const one: OnMessage = (message) => onMessage(message);
    const end = (): void => {
      signal?.removeEventListener("abort", end);
      this.#end(channel, one);
    };
    signal?.addEventListener("abort", end, { once: true });
    this.#add(channel, one);
    try {
      await this.#listen([channel]);
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  /** A message that is to be heard on the channel, to see that anything is. */
  proof(channel: string): { readonly message: string; readonly heard: Promise<void>; end(): void } {
    const message = `proof ${++this.#proofs}`;
    let isHeard = (): void => {};
    const heard = new Promise<void>((resolve) => (isHeard = resolve));
    const one: OnMessage = (said) => {
      if (said === message) isHeard();
    };
    this.#add(channel, one);
    return { message, heard, end: () => this.#end(channel, one) };
  }

  /** Gives the connection up. */
  close(): void {
    this.#heard.clear();
    this.#release(this.#client);
  }

  #add(channel: string, one: OnMessage): void {
    this.#heard.set(channel, (this.#heard.get(channel) ?? new Set()).add(one));
  }

  #end(channel: string, one: OnMessage): void {
    const all = this.#heard.get(channel);
    all?.delete(one);
    if (all?.size === 0) this.#heard.delete(channel);
    if (this.#heard.size === 0) this.#release(this.#client);
  }

  async #listen(channels: Iterable<string>): Promise<void> {
    const opened = this.#open();
    try {
      const client = await opened;
      for (const channel of channels) {
        // A channel's name is a digest: nothing in it needs to be escaped.
        const answer = client.query({ text: `listen ${channel}`, values: [], rowMode: "array" });
        answer.catch(() => {}); // one that is given up may fail later
        await within(answer, SILENT);
      }
      this.#againMs = AGAIN_LEAST_MS;
    } catch (error) {
      this.#release(opened);
      throw error;
    }
  }

  #open(): Promise<PoolClientLike> {
    if (this.#client !== null) return this.#client;
    const opening = this.#take().then((client) => {
      const isOver = (): void => this.#release(opening);
      client.on("error", isOver);
      client.on("end", isOver);
      client.on("notification", ({ channel, payload = "" }: NotificationLike) => {
        for (const one of [...(this.#heard.get(channel) ?? [])]) one(payload);
      });
      return client;
    });
    this.#client = opening;
    return opening;
  }

  // It listens, so nobody else may have it: it is ended. Its listeners stay, for what it has to say on its way.
  #release(opened: Promise<PoolClientLike> | null): void {
    if (this.#heard.size === 0) this.#again.clear();
    if (opened === null || opened !== this.#client) return;
    this.#client = null;
    opened.then(
      (client) => client.release(new Error("it listens no more")),
      () => {},
    );
    if (this.#heard.size === 0) return;
    this.#again.set(this.#againMs);
    this.#againMs = Math.min(2 * this.#againMs, AGAIN_MOST_MS);
  }

  async #listenAgain(): Promise<void> {
    try {
      await this.#listen([...this.#heard.keys()]);
    } catch {} // it has set the next time
  }
}
