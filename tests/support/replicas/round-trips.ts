/** How often a server was asked by its clients, by its own count. */
import { Redis } from "ioredis";

/** Each of them a round trip. What scripts do inside the server is counted by Redis too, and is none. */
const ASKED_BY_CLIENTS = ["evalsha", "eval"];

export class CommandCounter {
  readonly #client: Redis;

  constructor(url: string) {
    this.#client = new Redis(url);
  }

  /** Scripts that clients have asked for since the server's start. */
  async scripts(): Promise<number> {
    const stats = await this.#client.info("commandstats");
    return ASKED_BY_CLIENTS.reduce((sum, name) => sum + callsOf(stats, name), 0);
  }

  /** Scripts that were asked for while something ran. */
  async during(run: () => Promise<unknown>): Promise<number> {
    const before = await this.scripts();
    await run();
    return (await this.scripts()) - before;
  }

  end(): void {
    this.#client.disconnect();
  }
}

function callsOf(stats: string, command: string): number {
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}
