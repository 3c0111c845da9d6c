/** `recloser policy` against a real Redis, with three replicas in processes of their own. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Ended, killAll, run } from "../support/cli.ts";
import { PolicyReplica } from "../support/policy-replica.ts";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";

afterEach(killAll);

interface Row {
  readonly option: string;
  readonly value: unknown;
  readonly from: string;
}

describe.runIf(await hasRedis())("With three replicas", () => {
  let server: RedisServer;
  let replicas: readonly PolicyReplica[] = [];
  let env: Record<string, string>;
  beforeAll(async () => {
    server = await startRedis();
    env = { RECLOSER_STORE: server.url, RECLOSER_NAMESPACE: "policy", RECLOSER_BY: "ann" };
    replicas = await Promise.all([1, 2, 3].map(() => PolicyReplica.start(server.url, "policy")));
    await Promise.all(replicas.map((replica) => replica.says(({ storeMode }) => storeMode === "shared")));
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.end()));
    await server.kill();
  });
  const ask = (...args: string[]): Promise<Ended> => run(["policy", ...args], env);
  const all = (isSo: Parameters<PolicyReplica["says"]>[0]): Promise<unknown> =>
    Promise.all(replicas.map((replica) => replica.says(isSo)));

  test("a change reaches all of them, keeps window and state, and lets calls through", async () => {
    const [first] = replicas as [PolicyReplica];
    for (let count = 0; count < 3; count++) await first.fails("openai:gpt-5");
    await all(({ breakers }) => breakers["openai:gpt-5"]?.state === "open");
    expect(await first.fails("openai:gpt-5")).toBe("ERR_CIRCUIT_OPEN");
    await first.fails("search");

    const words = ["--reason", "trips too early, see INC-12", "--yes"];
    const set = await ask("set", "openai:*", "mode=observe", "minimumCalls=50", ...words);
    expect(set.code).toBe(0);
    expect(set.stdout).toMatch(
      /^openai:\*\n {2}minimumCalls=50 {2}until unset, by ann: trips too early, see INC-12\n {2}mode=observe {5}until unset/,
    );
    expect(set.stderr).toMatch(/^recloser: calls are no longer rejected: callers reach the provider/);
    await all(({ breakers: { "openai:gpt-5": one } }) => one?.mode === "observe" && one.minimumCalls === 50);
    const { breakers } = first.now;
    expect(breakers["openai:gpt-5"]).toMatchObject({ state: "open" });
    expect(breakers["search"]).toMatchObject({ mode: "enforce", minimumCalls: 1000 });
    expect(breakers["search"]?.failures).toBeGreaterThan(0);
    expect(await first.fails("openai:gpt-5")).toBe("down");

    const status = await run(["status"], env);
    expect(status.stdout).toMatch(/^✖ openai:gpt-5 +open, observe /m);

    const unset = await ask("unset", "openai:*", "mode", "--yes", "--json");
    expect(JSON.parse(unset.stdout)).toMatchObject({
      key: "openai:*",
      audited: true,
      options: [{ option: "minimumCalls" }],
    });
    await all(({ breakers: { "openai:gpt-5": one } }) => one?.mode === "enforce");
    expect(await first.fails("openai:gpt-5")).toBe("ERR_CIRCUIT_OPEN");
  });

  test("one with a time ends in all of them by itself", async () => {
    await ask("set", "search", "mode=off", "--for", "3s", "--reason", "drill");
    await all(({ breakers }) => breakers["search"]?.mode === "off");
    await all(({ breakers }) => breakers["search"]?.mode === "enforce");
    const ended = replicas.map(({ said }) => said.findLast(({ told }) => told?.key === "search")?.told);
    expect(ended).toEqual(ended.map(() => ({ key: "search", option: "mode", value: null, by: null, reason: null })));
  });

  test("show says of every value where it comes from, and what is over what", async () => {
    await ask("set", "*", "minimumCalls=60", "--reason", "noise", "--yes");
    await all(({ breakers }) => breakers["search"]?.minimumCalls === 60);
    // Replicas tell of themselves a little later.
    let shown = await ask("show", "own", "--json");
    const isTold = ({ stdout }: Ended): boolean => {
      const { replicas: told, behind } = JSON.parse(stdout) as { readonly replicas: number; readonly behind: number };
      return told === 3 && behind === 0;
    };
    for (let tries = 0; tries < 20 && !isTold(shown); tries++) shown = await ask("show", "own", "--json");
    const { options, ...rest } = JSON.parse(shown.stdout) as { readonly options: readonly Row[] };
    expect(rest).toMatchObject({ key: "own", isCodeKnown: true, replicas: 3, differ: 0, behind: 0 });
    const rows = Object.fromEntries(options.map((row) => [row.option, row]));
    expect(rows["minimumCalls"]).toMatchObject({
      value: 7,
      from: "own",
      fleet: { value: 60, by: "ann", reason: "noise" },
    });
    expect(rows["consecutiveFailures"]).toMatchObject({ value: false, from: "code" });
    expect(rows["failureRate"]).toMatchObject({ value: 0.9, from: "default" });
    const gpt = await ask("show", "openai:gpt-5");
    expect(gpt.stdout).toMatch(/^ {2}minimumCalls=50 +fleet +as openai:\* until unset, by ann: /m);
    expect(gpt.stdout).toMatch(/^ {2}failureThreshold=3 +code *$/m);
    expect((await ask("show")).stdout).toMatch(/^\*\n {2}minimumCalls=60 {2}until unset, by ann: noise\nopenai:\*\n/);
    const unknown = await ask("show", "nobody's");
    expect(unknown.stderr).toContain("what its code says is not known here");
  });

  test("a value that makes no sense is refused, and nothing changes", async () => {
    const [rate, together, strange] = await Promise.all([
      ask("set", "search", "failureRate=2", "--reason", "x"),
      ask("set", "search", "cooldown.initial=20m", "cooldown.max=1m", "--reason", "x"),
      ask("set", "search", "window.calls=10", "--reason", "x"),
    ]);
    expect([rate, together, strange].map(({ code, stdout }) => [code, stdout])).toEqual([1, 2, 3].map(() => [2, ""]));
    expect(rate.stderr).toBe("recloser: failureRate: expected a ratio above 0 and at most 1; received 2\n");
    expect(together.stderr).toContain("cooldown.max: expected at least cooldown.initial (1200000 ms)");
    expect(strange.stderr).toContain("window: expected a duration: a window of calls is one process's own");
    const { options } = JSON.parse((await ask("show", "--json")).stdout) as { options: { pattern: string }[] };
    expect(options.filter(({ pattern }) => pattern === "search")).toEqual([]);
  });

  test("several are not changed without a yes, and a name that nobody knows is said to be none", async () => {
    const asked = await ask("set", "openai:*", "mode=off", "--reason", "x");
    expect(asked.code).toBe(2);
    expect(asked.stderr).toMatch(/2 breakers are meant, and there is nobody to ask: --yes does it\n {2}openai:gpt-5\n/);
    const none = await ask("set", "search", "mode=observe");
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining("--reason: expected why")]);
    const typo = await ask("set", "serach", "mode=observe", "--reason", "x");
    expect([typo.code, typo.stderr]).toEqual([0, expect.stringContaining('no breaker is known that "serach" means')]);
    expect((await ask("unset", "serach")).code).toBe(0);
    const again = await ask("unset", "serach");
    expect([again.code, again.stderr]).toEqual([0, 'recloser: nothing of it was set for "serach"\n']);
  });

  test("replicas keep what they read while the store is away; a new one goes by its code", async () => {
    await ask("set", "search", "mode=observe", "--reason", "drill");
    await all(({ breakers }) => breakers["search"]?.mode === "observe");
    server.pause();
    const away = await ask("show", "--store-timeout", "300ms");
    expect(away.code).toBe(5);
    const alone = await PolicyReplica.start(server.url, "policy");
    try {
      await all(({ storeMode }) => storeMode === "local");
      expect(replicas.map(({ now }) => now.breakers["search"]?.mode)).toEqual(["observe", "observe", "observe"]);
      expect(alone.now.breakers["search"]?.mode).toBe("enforce");
      server.resume();
      await alone.says(({ breakers }) => breakers["search"]?.mode === "observe");
    } finally {
      server.resume();
      await alone.end();
    }
  });
});
