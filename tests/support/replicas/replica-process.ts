/** A process of replicas, as a test holds it: it can be stopped, continued and killed, and never outlives its test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Answer, Order } from "./orders.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const ENTRY = fileURLToPath(new URL("process.ts", import.meta.url));
const STARTS_WITHIN_MS = 60_000;
const ANSWERS_WITHIN_MS = 40_000;

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

export class ReplicaProcess {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;

  private constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    child.on("message", ({ id, ...answer }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if ("error" in answer) waiting?.reject(new Error(`${name}: ${answer.error}`));
      else waiting?.resolve(answer.value);
    });
    child.on("exit", () => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${name} has ended`));
      this.#waiting.clear();
    });
  }

  /** Resolves when it takes orders. Its imports are of source, or, with RECLOSER_TEST_BUILT=1, of what is built. */
  static async start(name: string, journal: string): Promise<ReplicaProcess> {
    const built = process.env["RECLOSER_TEST_BUILT"] === "1";
    const node = [...(built ? [] : ["--conditions=recloser-source"]), "--import", "tsx"];
    const child = spawn("setpriv", ["--pdeathsig", "KILL", process.execPath, ...node, ENTRY, journal, name], {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const started = new ReplicaProcess(name, child);
    await started.#answer(0, STARTS_WITHIN_MS);
    return started;
  }

  get pid(): number {
    return this.#child.pid as number;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  ask(seat: string, method: Order["method"], args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#asked;
    const answer = this.#answer(id, ANSWERS_WITHIN_MS);
    // What cannot be sent is told by the process's end.
    this.#child.send({ id, seat, method, args } satisfies Order, () => {});
    return answer;
  }

  #answer(id: number, withinMs: number): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${this.name} does not answer`)), withinMs);
      const settle =
        <T>(end: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(late);
          end(value);
        };
      if (!this.isRunning) return settle(reject)(new Error(`${this.name} has ended`));
      this.#waiting.set(id, { resolve: settle(resolve), reject: settle(reject) });
    });
  }

  pause(): void {
    this.#child.kill("SIGSTOP");
  }

  resume(): void {
    this.#child.kill("SIGCONT");
  }

  async kill(): Promise<void> {
    const exit = this.#exit();
    this.#child.kill("SIGKILL");
    await exit;
  }

  /** Takes the ear away, and nothing else: true if it then ends by itself, with everything given back. */
  async leaves(withinMs: number): Promise<boolean> {
    await this.ask("", "leave", []);
    const late = AbortSignal.timeout(withinMs);
    await Promise.race([this.#exit(), once(late, "abort")]);
    if (this.#child.exitCode === 0) return true;
    await this.kill();
    return false;
  }

  async #exit(): Promise<void> {
    if (this.isRunning) await once(this.#child, "exit");
  }
}
