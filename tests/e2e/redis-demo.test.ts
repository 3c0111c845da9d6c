/** `recloser demo --redis`: three replica processes and a real Redis that is stopped and continued. */
import { spawn } from "node:child_process";
import { createConnection } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BIN, type Ended, killAll, run, type Running, start } from "../support/cli.ts";
import { hasRedis, redisOnPath, type RedisServer, startRedis } from "../support/servers/redis.ts";

interface Start {
  redis: string;
  redisPid: number | null;
  pids: Record<string, number>;
}
interface Event {
  type: string;
  atMs: number;
  source: string;
  kind: string;
  mode?: string;
  to?: string;
  scope?: string;
  ownFailures?: number;
}
interface Summary {
  replicas: { name: string; mode: string; endsAs: string; calls: number; good: number; probes: number }[];
  changes: { to: string; reason: string; by: string; lagsMs: Record<string, number> }[];
  storeFailed: number;
  waited: number;
  longestWaitMs: number;
  wentLocalMs: number;
  sharedAgainMs: number;
  happened: string[];
}

afterEach(killAll);

function linesOf(stdout: string): { start: Start; events: Event[]; summary: Summary | null } {
  const lines = stdout
    .split("\n")
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as { type: string });
  const of = <T>(type: string): T[] => lines.filter((line) => line.type === type) as T[];
  return { start: of<Start>("start")[0] as Start, events: of("event"), summary: of<Summary>("summary")[0] ?? null };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Those that still run after a while, for a process that was told to end needs a moment; then they are ended. */
async function leftOf({ pids, redisPid }: Start): Promise<number[]> {
  const all = [...Object.values(pids), ...(redisPid === null ? [] : [redisPid])];
  for (let tries = 0; tries < 100 && all.some(isAlive); tries++) await sleep(50);
  const left = all.filter(isAlive);
  for (const pid of left) process.kill(pid, "SIGKILL");
  return left;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a process has printed when it has printed this. */
function printed({ child }: Pick<Running, "child">, text: string, withinMs = 60_000): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = "";
    const late = setTimeout(() => reject(new Error(`${text} did not come: ${all.slice(-500)}`)), withinMs);
    child.stdout?.on("data", (more: string) => {
      all += more;
      if (!all.includes(text)) return;
      clearTimeout(late);
      resolve(all);
    });
  });
}

describe.runIf(await hasRedis())("With a server from the path", () => {
  let env: Record<string, string>;
  beforeAll(async () => {
    env = { ...(await redisOnPath()), REDIS_URL: "" };
  });

  describe("that hangs from 6 to 14 s, while the provider is down", () => {
    let ended: Ended;
    let told: { start: Start; events: Event[]; summary: Summary };
    beforeAll(async () => {
      ended = await run(["demo", "--redis", "--json", "--stop-redis-at", "6s", "--continue-redis-at", "14s"], env);
      told = linesOf(ended.stdout) as typeof told;
    });

    test("it ends well, writes nothing but JSON, and leaves no process", async () => {
      expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
      expect(told.start.redisPid).toBeGreaterThan(0);
      expect(await leftOf(told.start)).toEqual([]);
    });

    test("one replica trips, and the others reject without having seen enough failures themselves", () => {
      const [trip] = told.summary.changes;
      expect(trip).toMatchObject({ to: "open", reason: "consecutive-failures" });
      const lags = Object.values(trip?.lagsMs ?? {});
      expect(lags).toHaveLength(2);
      // A few milliseconds; a busy machine lets a process wait for its turn.
      for (const lagMs of lags) expect(lagMs).toBeLessThan(1_000);
      const opened = told.events.filter(({ to, scope, atMs }) => to === "open" && scope === "shared" && atMs < 6_000);
      expect(opened).toHaveLength(3);
      for (const { ownFailures } of opened) expect(ownFailures).toBeLessThan(18);
    });

    test("every replica goes on by itself while Redis hangs, and shares again after it", () => {
      const modes = told.events.filter(({ kind }) => kind === "store").map(({ source, mode }) => `${source} ${mode}`);
      expect(modes.toSorted()).toEqual(["A local", "A shared", "B local", "B shared", "C local", "C shared"]);
      expect(told.summary.wentLocalMs).toBeLessThan(6_000);
      expect(told.summary.sharedAgainMs).toBeLessThan(10_000);
    });

    test("no call fails for a reason of the store, and only claims of a probe wait for it", () => {
      expect(told.summary.storeFailed).toBe(0);
      expect(told.summary.happened.at(-1)).toMatch(/^0 of \d+ calls failed for a reason of the store\./);
      const probes = told.summary.replicas.reduce((all, replica) => all + replica.probes, 0);
      expect(probes).toBeGreaterThanOrEqual(1);
      expect(told.summary.waited).toBeLessThanOrEqual(10);
    });

    test("all end shared and closed, with good answers", () => {
      for (const replica of told.summary.replicas) {
        expect(replica).toMatchObject({ mode: "shared", endsAs: "closed" });
        expect(replica.good).toBeGreaterThan(50);
      }
    });
  });

  test("killed, it takes the replicas and its server along, even one that hangs", async () => {
    const demo = start(["demo", "--redis", "--json", "--stop-redis-at", "1s"], env);
    const told = linesOf(await printed(demo, '"stopped"'));
    demo.child.kill("SIGKILL");
    expect(await leftOf(told.start)).toEqual([]);
  });

  test("on a terminal, r stops and continues Redis, f fails the provider, q ends it", async () => {
    const child = spawn("script", ["-qec", `${process.execPath} ${BIN} demo --redis`, "/dev/null"], {
      env: { ...process.env, ...env, CI: "false", TERM: "xterm", NO_COLOR: "1", COLUMNS: "120", LINES: "40" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdout.setEncoding("utf8");
    const ended = new Promise((resolve) => child.once("close", resolve));
    const shows = async (text: string): Promise<void> => void (await printed({ child }, text));
    await shows("r stop Redis");
    child.stdin.write("r");
    await shows("▒ hangs");
    await shows("so each process decides by itself");
    child.stdin.write("f");
    await shows("▒ answers 503");
    child.stdin.write("r");
    await shows("shares again");
    child.stdin.write("q");
    const end = printed({ child }, "Next: ");
    expect(await end).toMatch(/0 of \d+ calls failed for a reason of the store/);
    expect(await ended).toBe(0);
  });
});

describe.runIf(await hasRedis())("With a server of the user's", () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.kill());

  test("Ctrl-C ends it in the middle of a stop, leaves no process, and the server as it was", async () => {
    const demo = start(["demo", "--redis", "--json", "--stop-redis-at", "500ms"], { REDIS_URL: server.url });
    const told = linesOf(await printed(demo, '"mode":"local"'));
    demo.child.kill("SIGINT");
    const { code, stderr } = await demo.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "recloser: stopped\n" });
    expect(told.start.redisPid).toBeNull();
    expect(await leftOf(told.start)).toEqual([]);
    expect(await answerTo(server.port, "PING\r\n")).toBe("+PONG\r\n");
  });
});

test("without any server it ends with 1 and says what to do", async () => {
  const { code, stdout, stderr } = await run(["demo", "--redis", "--json"], { PATH: "/nowhere", REDIS_URL: "" });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/neither redis-server nor valkey-server is on the PATH.*recloser demo --redis=redis:\/\//s);
});

test("a server that is not there is named, without its password", async () => {
  const { code, stderr } = await run(["demo", "--redis=redis://me:secret@127.0.0.1:1", "--json"]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^recloser: cannot share by redis:\/\/127\.0\.0\.1:1: /);
  expect(stderr).not.toContain("secret");
});

function answerTo(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, "127.0.0.1", () => socket.write(command));
    socket.once("data", (bytes) => {
      socket.destroy();
      resolve(bytes.toString());
    });
    socket.once("error", reject);
  });
}
