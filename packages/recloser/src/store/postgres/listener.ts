/** The one connection that listens, for all namespaces of a store. One that dies is begun anew with the next wish. */
import type { NotificationLike, PoolClientLike } from "./port.ts";

type OnMessage = (message: string) => void;

export class Listener {
  readonly #take: () => Promise<PoolClientLike>;
  readonly #heard = new Map<string, Set<OnMessage>>();
  #client: Promise<PoolClientLike> | null = null;
  #proofs = 0;

  constructor(take: () => Promise<PoolClientLike>) {
    this.#take = take;
  }

  async listen(channel: string, onMessage: OnMessage, signal: AbortSignal | undefined): Promise<() => void> {
    const one: OnMessage = (message) => onMessage(message);
    const end = (): void => this.#end(channel, one);
    signal?.addEventListener("abort", end, { once: true });
    this.#add(channel, one);
    try {
      const client = await this.#open();
      // A channel's name is a digest: nothing in it needs to be escaped.
      await client.query({ text: `listen ${channel}`, values: [], rowMode: "array" });
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

  #end(channel: string, one: OnMessage): void {
    const all = this.#heard.get(channel);
    all?.delete(one);
    if (all?.size === 0) this.#heard.delete(channel);
    if (this.#heard.size === 0) this.#release(this.#client);
  }

  #add(channel: string, one: OnMessage): void {
    this.#heard.set(channel, (this.#heard.get(channel) ?? new Set()).add(one));
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
    opening.catch(() => this.#release(opening));
    this.#client = opening;
    return opening;
  }

  // It listens, so nobody else may have it: it is ended. Its listeners stay, for what it has to say on its way.
  #release(opened: Promise<PoolClientLike> | null): void {
    if (opened === null || opened !== this.#client) return;
    this.#client = null;
    opened.then(
      (client) => client.release(new Error("it listens no more")),
      () => {},
    );
  }
}
