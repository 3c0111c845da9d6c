/** The daily commands against a real Redis, with a replica in a process of its own that goes by what they say. */
import type { StoredRecord } from "recloser/inspect";
import { Redis } from "ioredis";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { BreakerHolder } from "../support/breaker-holder.ts";
import { type Ended, killAll, recorded, run, start } from "../support/cli.ts";
import { migrated } from "../support/postgres-schema.ts";
import { hasPostgres, startPostgres } from "../support/servers/postgres.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

afterEach(killAll);

describe.runIf(await hasRedis())("With a store", () => {
  let server: RedisServer;
  let holder: BreakerHolder;
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startRedis();
    env = { RECLOSER_STORE: server.url, RECLOSER_NAMESPACE: "verbs", RECLOSER_BY: "alice" };
    holder = await BreakerHolder.start(server.url, "verbs");
  });
  afterAll(async () => {
    await holder.end();
    await server.kill();
  });
  const ask = (...args: string[]): Promise<Ended> => run(args, env);
  async function breaker(name: string): Promise<StoredRecord> {
    const { stdout } = await ask("status", name, "--json");
    return (JSON.parse(stdout) as { breakers: StoredRecord[] }).breakers[0] as StoredRecord;
  }

  test("status shows what is open, why and until when, worst first, and nothing else on stdout", async () => {
    const { code, stdout, stderr } = await ask("status");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^ {2}BREAKER +STATE +SINCE +FAILING +NEXT$/);
    expect(lines[1]).toMatch(
      /^✖ openai:gpt-5 +open +\d\d:\d\d:\d\d \(.+\) +3 of 3, trips at 3 +probe in (?:9 min|10 min)/,
    );
    expect(lines[2]).toMatch(/^● anthropic:claude +closed +\d+ % of \d+, trips at 90 %, min 1000$/);
    expect(stdout).not.toContain("\u001B");
  });

  test("status of one tells its reasons, by the beginning of its name", async () => {
    const { stdout } = await ask("status", "openai");
    expect(stdout).toMatch(/^✖ openai:gpt-5 {2}open since /);
    expect(stdout).toMatch(/^ {2}why +3 of 3 calls failed in 30 s: 3 unknown$/m);
    expect(stdout).toMatch(
      /^ {2}trips at +90 % of at least 20 calls in 30 s, or 3 failures in 30 s, or 18 failures in a row$/m,
    );
  });

  test("hold open reaches the replica, says who, why and until when, and release ends it", async () => {
    const held = await ask("hold", "anth", "open", "--for", "90s", "--reason", "they announced it");
    expect(held.code).toBe(0);
    expect(held.stdout).toMatch(
      /^⚑ anthropic:claude {2}held open {2}until \d\d:\d\d:\d\d \(1 min 30 s\), by alice: they announced it\n$/,
    );
    expect(held.stderr).toMatch(
      /^recloser: callers get their fallback, or CircuitOpenError, about \d+(\.\d)? calls\/s /,
    );
    await holder.finds("anthropic:claude", "open");
    const { override, effectiveState, state } = await breaker("anthropic:claude");
    expect({ effectiveState, state }).toEqual({ effectiveState: "open", state: "closed" });
    expect(override).toMatchObject({ mode: "force-open", by: "alice", reason: "they announced it" });
    expect((override?.untilMs ?? 0) - (override?.sinceMs ?? 0)).toBeCloseTo(90_000, -1);

    const released = await ask("release", "anthropic:claude", "--json");
    expect(JSON.parse(released.stdout)).toMatchObject({ name: "anthropic:claude", changed: true });
    await holder.finds("anthropic:claude", "closed");
    const again = await ask("release", "anthropic:claude");
    expect({ code: again.code, stderr: again.stderr }).toEqual({ code: 0, stderr: "recloser: it was not held\n" });
  });

  test("hold closed lets callers through, and says what the breaker would do", async () => {
    const { code, stderr } = await ask("hold", "openai:gpt-5", "closed", "--reason", "false alarm");
    expect(code).toBe(0);
    expect(stderr).toBe(
      "recloser: callers reach the provider though the breaker is open: 3 of 3 calls failed in 30 s: 3 unknown\n",
    );
    await holder.finds("openai:gpt-5", "closed");
    expect((await ask("status")).stdout).toMatch(/^⚑ openai:gpt-5 +held closed/m);
    expect((await ask("release", "openai:gpt-5")).stdout).toMatch(/^✖ openai:gpt-5 {2}open {2}probe in /);
  });

  test("several are held only with a yes, and never closed", async () => {
    const asked = await ask("hold", "*", "open", "--reason", "bill");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(
      /^recloser: 2 breakers are meant, and there is nobody to ask: --yes does it\n {2}anthropic/,
    );
    const closed = await ask("hold", "*", "closed", "--reason", "bill", "--yes");
    expect({ code: closed.code, stdout: closed.stdout }).toEqual({ code: 2, stdout: "" });
    const yes = await ask("hold", "*", "open", "--reason", "bill", "--yes", "--for", "until-released");
    expect(yes.stdout).toMatch(/^⚑ anthropic:claude {2}held open {2}until released, by alice: bill\n⚑ openai:gpt-5 /);
    expect((await ask("check")).code).toBe(1);
    expect((await ask("release", "*", "-y")).stdout).toMatch(/^● anthropic:claude {2}closed\n✖ openai:gpt-5 /);
    expect((await ask("release", "*", "-y")).code).toBe(6);
  });

  test("a breaker that never failed has no record, and is held by its whole name with --new", async () => {
    const none = await ask("hold", "mistral:large", "open", "--reason", "before the launch");
    expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 6, stdout: "" });
    const held = await ask("hold", "mistral:large", "open", "--reason", "before the launch", "--new", "--for", "1s");
    expect(held.stdout).toMatch(/^⚑ mistral:large {2}held open/);
    expect((await ask("wait", "mistral:large", "--for", "closed", "--timeout", "20s")).code).toBe(0);
  });

  test("check is critical while one is open", async () => {
    const { code, stdout, stderr } = await ask("check");
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(stdout).toMatch(
      /^RECLOSER CRITICAL: 1 open of \d breakers \| open=1;;1 half_open=0 .*\nopenai:gpt-5: open; /,
    );
    const unknown = await ask("check", "opnai:gpt-5");
    expect({ code: unknown.code, stderr: unknown.stderr }).toEqual({ code: 3, stderr: "" });
    expect(unknown.stdout).toContain("RECLOSER UNKNOWN: no breaker");
  });

  test("events tells what others do, as it happens, and ends with 130 by Ctrl-C", async () => {
    const following = start(["events", "-f", "anth"], env);
    const printed = recorded(following, "stdout");
    await printed('"type":"state"');
    await ask("hold", "anthropic:claude", "open", "--reason", "drill");
    await printed('"mode":"force-open"');
    await ask("release", "anthropic:claude");
    await printed('"mode":"clear"');
    following.child.kill("SIGINT");
    const { code, stdout, stderr } = await following.ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ type }) => type)).toEqual(["state", "override", "override"]);
    expect(events[1]).toMatchObject({ key: "anthropic:claude", by: "alice", reason: "drill" });
  });

  test("wait says that it did not come, and why", async () => {
    const { code, stdout, stderr } = await ask("wait", "openai", "--for", "closed", "--timeout", "200ms");
    expect({ code, stdout }).toEqual({ code: 7, stdout: "" });
    expect(stderr).toMatch(/^recloser: "openai:gpt-5" is open, not closed, after 0.2 s\n3 of 3 calls failed/);
  });

  test("probe lets the next call decide, which wait sees", async () => {
    const waiting = start(["wait", "openai:gpt-5", "--timeout", "30s"], env);
    const { code, stderr } = await ask("probe", "openai:gpt-5");
    expect(code).toBe(0);
    expect(stderr).toContain("the next call is the probe");
    await holder.finds("openai:gpt-5", "closed");
    const ended = await waiting.ended;
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^[●○] openai:gpt-5 {2}closed/);
  });

  test("reset closes for every replica", async () => {
    const { code, stdout } = await ask("reset", "anthropic:claude");
    expect(code).toBe(0);
    expect(stdout).toBe("○ anthropic:claude  closed\n");
    await until(async () => (await breaker("anthropic:claude")).window.calls > 0);
  });
});

describe.runIf(await hasRedis())("A store that does not do as it should", () => {
  let server: RedisServer;
  let root: Redis;
  beforeAll(async () => {
    server = await startRedis();
    root = new Redis(server.url);
    await root.call(
      "ACL",
      "SETUSER",
      "reader",
      "on",
      ">s3cret",
      "~rc1:*",
      "-@all",
      "+evalsha",
      "+eval",
      "+time",
      "+hgetall",
      "+zrange",
    );
    const open = ["hold", "llm", "open", "--reason", "x", "--new"];
    await run([...open, "-s", server.url]);
  });
  afterAll(async () => {
    root.disconnect();
    await server.kill();
  });
  const as = (user: string): string => server.url.replace("//", `//${user}@`);

  test("that nobody answers at ends with 5 and says what to do, without a password", async () => {
    const { code, stdout, stderr } = await run(["status"], { RECLOSER_STORE: "redis://me:secret@127.0.0.1:1" });
    expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
    expect(stderr).toMatch(
      /^recloser: redis:\/\/127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED.*\nReplicas go on meanwhile/,
    );
    expect(stderr).not.toContain("secret");
  });

  test("that hangs ends with 5 when its time is over, for every command", async () => {
    server.pause();
    try {
      const commands = [
        ["status"],
        ["events"],
        ["audit"],
        ["hold", "llm", "open", "--reason", "x"],
        ["wait", "llm"],
        ["watch"],
        ["check"],
      ];
      const ended = await Promise.all(
        commands.map((args) => run([...args, "--store-timeout", "300ms", "-s", server.url])),
      );
      expect(ended.map(({ code }) => code)).toEqual([5, 5, 5, 5, 5, 5, 3]);
      expect(ended[0]?.stderr).toMatch(/did not answer within 0.3 s\nIt hangs/);
    } finally {
      server.resume();
    }
  });

  test("that hangs in the middle is waited for, and followed again when it is back", async () => {
    const following = start(["events", "-f", "--store-timeout", "300ms", "-s", server.url]);
    const [printed, told] = [recorded(following, "stdout"), recorded(following, "stderr")];
    await printed('"type":"state"');
    server.pause();
    await told("did not answer");
    server.resume();
    await told("it answers again");
    await run(["release", "llm", "-s", server.url]);
    await expect(printed('"mode":"clear"')).resolves.toBeUndefined();
  });

  test.each([
    ["a wrong password", "wrong", ["status"]],
    ["a user without the right to write", "s3cret", ["reset", "llm"]],
  ])("lets %s not in: 4, and what is needed", async (_, password, command) => {
    const env = { RECLOSER_STORE: as("reader"), RECLOSER_STORE_PASSWORD: password };
    const { code, stdout, stderr } = await run(command, env);
    expect({ code, stdout }).toEqual({ code: 4, stdout: "" });
    expect(stderr).toMatch(/RECLOSER_STORE_PASSWORD|docs\/guide\/redis\.md/);
    expect(stderr).not.toMatch(/Warning|wrong|s3cret/);
  });

  test("may be read by whoever may only read, with a password from a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "recloser-verbs-"));
    const file = join(folder, "password");
    writeFileSync(file, "s3cret\n");
    const { code, stdout, stderr } = await run(["status", "--password-file", file], { RECLOSER_STORE: as("reader") });
    rmSync(folder, { recursive: true });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("llm");
  });

  test("a password on the command line works, and is warned of", async () => {
    const { code, stderr } = await run(["status", "-s", as("reader:s3cret")]);
    expect(code).toBe(0);
    expect(stderr).toContain("everybody on this machine can read the password in --store (ps)");
  });

  test("names of strangers reach no terminal raw", async () => {
    const hostile = ["\u001B[2J\u001B]0;owned\u0007", "x".repeat(300), "🔥", "a\r\nb"];
    for (const name of hostile)
      await run(["hold", name, "open", "--reason", "\u001B[31mred", "--new", "-s", server.url]);
    const shown = [
      ["status"],
      ["status", "--json"],
      ["check"],
      ["events"],
      ["audit"],
      ["status", "\u001B"],
      ["status", "no\u001B[2Jne"],
    ];
    const ended = await Promise.all(shown.map((args) => run([...args, "-s", server.url])));
    for (const { stdout, stderr } of ended)
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F]/);
    expect(ended[0]?.stdout).toContain("\\u{1b}[2J\\u{1b}]0;owned\\u{7}");
  });
});

test.runIf(await hasPostgres())("A store in PostgreSQL is looked at and operated the same way", async () => {
  const server = await startPostgres();
  onTestFinished(() => server.close());
  const env = { RECLOSER_STORE: server.url };
  const none = await run(["status"], env);
  expect({ code: none.code, stdout: none.stdout }).toEqual({ code: 5, stdout: "" });
  expect(none.stderr).toMatch(
    /^recloser: postgres:\/\/127\.0\.0\.1:\d+ has no circuits in it: .*\nAn administrator makes the schema once/,
  );
  await migrated(server.url);
  const printed = recorded(start(["events", "-f"], env), "stdout");
  const held = await run(["hold", "llm", "open", "--reason", "drill", "--new", "--by", "alice"], env);
  expect(held.stdout).toMatch(/^⚑ llm {2}held open {2}until .*, by alice: drill\n$/);
  // Whether it was seen to be held, or is when it is first seen.
  await printed('"mode":"force-open"');
  expect((await run(["check"], env)).code).toBe(1);
  expect((await run(["release", "llm"], env)).stdout).toBe("○ llm  closed\n");
  await server.pause();
  const hung = await run(["status", "--store-timeout", "300ms"], env);
  await server.resume();
  expect(hung.code).toBe(5);
});

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 50; tries++) if (await isSo()) return;
  throw new Error("it did not come to be so");
}
