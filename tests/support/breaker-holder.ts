/** A replica in a process of its own: it holds one circuit open, calls another all the time, and says what its breakers do. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** `openai:gpt-5` is tripped, with a cooldown of ten minutes; `anthropic:claude` is called, and a quarter of it fails. */
const SOURCE = `
import { createRecloser } from "recloser";
import { redisStore } from "recloser/redis";
const [url, namespace] = process.argv.slice(1);
const recloser = createRecloser({ store: redisStore({ url }), namespace });
const tell = (event) => console.log(JSON.stringify(event));
const states = new Map();
// What callers get, an override of somebody else included: there is no event for that.
setInterval(() => {
  for (const { name, state } of recloser.breakers()) {
    if (states.get(name) === state) continue;
    states.set(name, state);
    tell({ key: name, state });
  }
}, 5);
await recloser.ready();
const down = recloser.breaker("openai:gpt-5", { cooldown: { initial: "10m", max: "10m" }, failureThreshold: 3 });
const busy = recloser.breaker("anthropic:claude", { minimumCalls: 1000, consecutiveFailures: false });
for (let i = 0; i < 3; i++) await down.execute(() => Promise.reject(new Error("down"))).catch(() => {});
let calls = 0;
setInterval(() => busy.execute(async () => { if (calls++ % 4 === 0) throw new Error("now and then"); }).catch(() => {}), 20);
// The provider is back: whatever call is let through will succeed.
setInterval(() => down.execute(async () => {}).catch(() => {}), 50);
`;

/** What its callers get of a breaker from now on. */
interface Said {
  readonly key: string;
  readonly state: string;
}

export class BreakerHolder {
  readonly #child: ChildProcess;
  readonly #states = new Map<string, string>();
  readonly #waiting = new Set<() => void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const { key, state } = JSON.parse(line) as Said;
      this.#states.set(key, state);
      for (const look of [...this.#waiting]) look();
    });
  }

  static async start(url: string, namespace: string): Promise<BreakerHolder> {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", SOURCE, url, namespace], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const holder = new BreakerHolder(child);
    await holder.finds("openai:gpt-5", "open");
    return holder;
  }

  /** Resolves when its callers get that of a breaker. */
  finds(key: string, state: string, withinMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(late);
        this.#waiting.delete(look);
      };
      const late = setTimeout(() => {
        end();
        reject(new Error(`its callers find ${key} ${this.#states.get(key)}, not ${state}`));
      }, withinMs);
      const look = (): void => {
        if (this.#states.get(key) !== state) return;
        end();
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
