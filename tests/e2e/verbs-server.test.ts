/** The daily commands against a gateway that runs: the same words, the same JSON and the same exit codes as with a store. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StoredRecord } from "recloser/inspect";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Ended, killAll, recorded, run, start } from "../support/cli.ts";
import { type ServeProcess, startServeProcess } from "../support/serve-process.ts";
import { hasRedis, redisServer } from "../support/servers/redis.ts";

afterEach(killAll);

const BREAKER = "simulated:gpt-5";
const TRIPS = { breaker: { failureThreshold: 3, cooldown: { initial: "10m", max: "10m" } } };
const CALL = { model: "gpt-5", messages: [{ role: "user", content: "hello" }] };

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const keysOf = (value: object): string[] => Object.keys(value).toSorted();

async function call({ url }: Pick<ServeProcess, "url">): Promise<number> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${url}/sim/v1/chat/completions`, { method: "POST", headers, body: JSON.stringify(CALL) });
  await answer.text();
  return answer.status;
}

async function fail({ adminUrl }: Pick<ServeProcess, "adminUrl">, fault: object | null): Promise<void> {
  const headers = { "recloser-csrf": "1" };
  await fetch(`${adminUrl}/sim/sim/fault`, { method: "PUT", headers, body: JSON.stringify(fault) });
}

/** Calls fail until it is open. */
async function trip(gateway: ServeProcess): Promise<void> {
  await fail(gateway, { kind: "status", status: 503 });
  const { adminUrl } = gateway;
  await vi.waitFor(
    async () => {
      await call(gateway);
      const told = (await (await fetch(`${adminUrl}/api/v1/records`)).json()) as {
        records: { record: StoredRecord }[];
      };
      expect(told.records[0]?.record.state).toBe("open");
    },
    { timeout: 20_000, interval: 60 },
  );
}

describe("With a gateway that keeps its circuits in memory", () => {
  let gateway: ServeProcess;
  let ask: (...args: string[]) => Promise<Ended>;
  beforeAll(async () => {
    gateway = await startServeProcess(TRIPS);
    ask = (...args) => run(args, { RECLOSER_SERVER: gateway.adminUrl, RECLOSER_BY: "alice", RECLOSER_STORE: "" });
    await trip(gateway);
  });
  afterAll(() => gateway[Symbol.asyncDispose]());

  test("status shows what is open and why, and nothing else on stdout", async () => {
    const { code, stdout, stderr } = await ask("status");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^ {2}BREAKER +STATE +SINCE +FAILING +NEXT\n✖ simulated:gpt-5 +open +[\d:]+ \(.+\) +3 of 3, /,
    );
    expect((await ask("check")).code).toBe(2);
  });

  test("a hold reaches callers, events tell who did what as it happens, and wait sees the end of it", async () => {
    const following = start(["events", "-f", "sim"], { RECLOSER_SERVER: gateway.adminUrl });
    const printed = recorded(following, "stdout");
    await printed('"type":"state"');
    await fail(gateway, null);
    const held = await ask("hold", "simulated", "closed", "--for", "90s", "--reason", "false alarm");
    expect(held.stdout).toMatch(/^⚑ simulated:gpt-5 {2}held closed {2}until .* by alice: false alarm\n$/);
    expect(held.stderr).toMatch(
      /^recloser: callers reach the provider though the breaker is open: 3 of 3 calls failed/,
    );
    await printed('"mode":"force-closed"');
    expect(await call(gateway)).toBe(200);
    const released = await ask("release", "simulated", "--json");
    expect(JSON.parse(released.stdout)).toMatchObject({ name: BREAKER, changed: true, breaker: { state: "open" } });
    await printed('"mode":"clear","by":"alice"');
    expect(await call(gateway)).toBe(503);
    const waiting = start(["wait", "simulated", "--timeout", "30s"], { RECLOSER_SERVER: gateway.adminUrl });
    expect((await ask("wait", "simulated", "--timeout", "100ms")).code).toBe(7);
    expect((await ask("probe", "simulated")).stderr).toContain("the next call is the probe");
    await printed('"mode":"probe-now","by":"alice"');
    expect(await call(gateway)).toBe(200);
    expect((await waiting.ended).stdout).toMatch(/^[●○] simulated:gpt-5 {2}closed/);
    await printed('"to":"closed"');
    following.child.kill("SIGINT");
    expect((await following.ended).code).toBe(130);
  });

  test("audit tells who did what through it, and why", async () => {
    expect((await ask("hold", "simulated:gpt-5", "open", "--for", "90s", "--reason", "a drill")).code).toBe(0);
    expect((await ask("release", "simulated:gpt-5")).code).toBe(0);
    const told = await ask("audit", "simulated", "--json");
    expect(told).toMatchObject({ code: 0, stderr: "" });
    const { events } = JSON.parse(told.stdout) as { events: Record<string, unknown>[] };
    expect(events.slice(-2)).toMatchObject([
      { key: BREAKER, action: "force-open", by: "alice", reason: "a drill", untilMs: expect.any(Number) },
      { key: BREAKER, action: "clear", by: "alice", untilMs: null },
    ]);
    const [line] = (await ask("audit", "--since", "1m")).stdout.trimEnd().split("\n").slice(-2);
    expect(line).toMatch(/⚑ simulated:gpt-5 {2}held open until .*, by alice: a drill$/);
  });

  test("a data port is told from the admin port, which is named", async () => {
    const { code, stdout, stderr } = await run(["status", "--server", gateway.url]);
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toMatch(
      /is a gateway's data port.*\n(By default that is|One answers at) --server http:\/\/127\.0\.0\.1:/,
    );
  });
});

test("A token of the gateway is needed where it has any: one may look, another may act, and neither is repeated", async () => {
  await using gateway = await startServeProcess({
    admin: { port: 0, readOnlyTokens: [sha256("canary-look")], operatorTokens: [sha256("canary-act")] },
  });
  await call(gateway);
  const folder = mkdtempSync(join(tmpdir(), "recloser-token-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "token"), "canary-act\n");
  const reset = ["reset", BREAKER, "--server", gateway.adminUrl];
  const [wrong, refused, done] = await Promise.all([
    run(["status", "--server", gateway.adminUrl], { RECLOSER_TOKEN: "canary-wrong" }),
    run(reset, { RECLOSER_TOKEN: "canary-look" }),
    run([...reset, "--token-file", join(folder, "token")]),
  ]);
  expect([wrong, refused, done].map(({ code }) => code)).toEqual([4, 4, 0]);
  expect(wrong.stderr).toMatch(/wants a token, or does not know this one\nPut it into RECLOSER_TOKEN/);
  expect(refused.stderr).toContain("It takes an operator's token");
  for (const { stdout, stderr } of [wrong, refused, done]) expect(stdout + stderr).not.toContain("canary");
});

test.runIf(await hasRedis())("The same circuit has the same form by its store and by its gateway", async () => {
  const { url } = await redisServer();
  await using gateway = await startServeProcess({ ...TRIPS, store: { url, namespace: "same" } });
  await trip(gateway);
  const json = async (...from: string[]): Promise<StoredRecord> => {
    const { stdout } = await run(["status", BREAKER, "--json", ...from]);
    return (JSON.parse(stdout) as { breakers: StoredRecord[] }).breakers[0] as StoredRecord;
  };
  const [byStore, byServer] = await Promise.all([json("-s", url, "-n", "same"), json("--server", gateway.adminUrl)]);
  expect(keysOf(byServer)).toEqual(keysOf(byStore));
  for (const field of ["window", "rules", "evidence"] as const)
    expect(keysOf(byServer[field] as object)).toEqual(keysOf(byStore[field] as object));
  for (const field of ["name", "state", "effectiveState", "reason", "generation", "step", "rules", "evidence"] as const)
    expect(byServer[field]).toEqual(byStore[field]);
  const held = await run(["hold", BREAKER, "open", "--reason", "drill", "--server", gateway.adminUrl, "--json"]);
  expect(JSON.parse(held.stdout)).toMatchObject({ name: BREAKER, changed: true });
  expect((await json("-s", url, "-n", "same")).override).toMatchObject({ mode: "force-open", reason: "drill" });
});
