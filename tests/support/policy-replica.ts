/** A replica in a process of its own that says what its breakers go by. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const SOURCE = `
import { createRecloser } from "recloser";
import { redisStore } from "recloser/redis";
const [url, namespace] = process.argv.slice(1);
const recloser = createRecloser({
  store: redisStore({ url }),
  namespace,
  defaults: { consecutiveFailures: false, minimumCalls: 1000, cooldown: { initial: "10m", max: "10m" } },
  policies: { "openai:*": { failureThreshold: 3 } },
});
const breakers = ["openai:gpt-5", "openai:mini", "search"].map((key) => recloser.breaker(key));
breakers.push(recloser.breaker("own", { minimumCalls: 7 }));
const tell = (more) => console.log(JSON.stringify({
  ...more,
  storeMode: recloser.storeHealth().mode,
  breakers: Object.fromEntries(breakers.map((breaker) => {
    const { mode, state, policy, window } = breaker.snapshot();
    return [breaker.name, { mode, state, minimumCalls: policy.minimumCalls, failures: window.failures }];
  })),
}));
recloser.on("policy", ({ key, option, value, by, reason }) => tell({ told: { key, option, value, by, reason }, atMs: Date.now() }));
recloser.on("store", () => tell({}));
recloser.on("transition", () => tell({}));
process.stdin.on("data", async (text) => {
  for (const key of String(text).trim().split("\\n")) {
    const fails = recloser.breaker(key).execute(() => Promise.reject(new Error("down")));
    const answer = await fails.then(() => "answered", (error) => error.code ?? error.message);
    tell({ answer });
  }
});
await recloser.ready();
tell({});
`;

export interface Said {
  readonly told?: { readonly key: string; readonly option: string; readonly value: unknown };
  readonly atMs?: number;
  readonly answer?: string;
  readonly storeMode: "shared" | "local";
  readonly breakers: Readonly<
    Record<
      string,
      { readonly mode: string; readonly state: string; readonly minimumCalls: number; readonly failures: number }
    >
  >;
}

export class PolicyReplica {
  readonly said: Said[] = [];
  readonly #child: ChildProcess;
  readonly #waiting = new Set<() => void>();

  private constructor(child: ChildProcess) {
    this.#child = child;
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.said.push(JSON.parse(line) as Said);
      for (const look of [...this.#waiting]) look();
    });
  }

  static async start(url: string, namespace: string): Promise<PolicyReplica> {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", SOURCE, url, namespace], {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const replica = new PolicyReplica(child);
    await replica.says(() => true);
    return replica;
  }

  get now(): Said {
    return this.said.at(-1) as Said;
  }

  /** One call that fails; what its caller gets. */
  async fails(key: string): Promise<string> {
    const before = this.said.length;
    this.#child.stdin?.write(`${key}\n`);
    const isAnswer = ({ answer }: Said): boolean => answer !== undefined;
    await this.says((_last, all) => all.slice(before).some(isAnswer));
    return this.said.slice(before).find(isAnswer)?.answer ?? "";
  }

  /** Resolves when that is so of what it said last. */
  says(isSo: (last: Said, all: readonly Said[]) => boolean, withinMs = 20_000): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`it says ${JSON.stringify(this.said.at(-1))}`));
      }, withinMs);
      const look = (): void => {
        if (this.said.length === 0 || !isSo(this.now, this.said)) return;
        clearTimeout(late);
        this.#waiting.delete(look);
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
