/** `recloser audit`: what was done by this command, and by a replica's own code, on each store that keeps it. */
import { randomUUID } from "node:crypto";
import { createRecloser } from "recloser";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { type Ended, killAll, run } from "../support/cli.ts";
import { HISTORY_KINDS, type HistoryServer } from "../support/history-stores.ts";
import { asked, migrated } from "../support/postgres-schema.ts";

afterEach(killAll);

const SOON = { timeout: 20_000, interval: 100 };

describe.each(HISTORY_KINDS)("recloser audit, on $kind", (kind) => {
  describe.runIf(kind.canRun)("on a real server", () => {
    let server: HistoryServer;
    beforeAll(async () => {
      server = await kind.start();
    }, 60_000);
    afterAll(() => server.close());

    const asking =
      (namespace: string) =>
      (...args: string[]): Promise<Ended> =>
        run(args, { RECLOSER_STORE: server.url, RECLOSER_NAMESPACE: namespace, RECLOSER_BY: "alice" });

    test("has what was done here and in a replica, of one breaker or all, for people and as JSON", async () => {
      const namespace = `audit-${randomUUID()}`;
      const ask = asking(namespace);
      const store = server.store();
      const recloser = createRecloser({ store, namespace, replicaId: "web-1" });
      onTestFinished(() => recloser.close());
      await recloser.ready();
      await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), SOON);
      await recloser.breaker("mistral").forceOpen({ by: "ada", reason: "by code", for: "10m" });
      await vi.waitFor(
        async () =>
          expect(
            (await store.history.events(namespace, { withinMs: null, most: 9, only: "overrides" })).events,
          ).toHaveLength(1),
        SOON,
      );
      const hold = await ask("hold", "openai:gpt-5", "open", "--reason", "INC-12", "--new", "--json");
      expect(JSON.parse(hold.stdout)).toMatchObject({ changed: true, audited: true });
      expect(await ask("release", "openai:gpt-5")).toMatchObject({ code: 0, stderr: "" });

      const all = await ask("audit");
      expect({ code: all.code, stderr: all.stderr }).toEqual({ code: 0, stderr: "" });
      expect(all.stdout).toMatch(
        /^\S+ {2}⚑ mistral {2}held open until \S+, by ada: by code\n\S+ {2}⚑ openai:gpt-5 {2}held open until \S+, by alice: INC-12\n\S+ {2}⚑ openai:gpt-5 {2}released, by alice\n$/,
      );
      const one = await ask("audit", "openai", "--ndjson", "--since", "1h");
      expect(
        one.stdout
          .trimEnd()
          .split("\n")
          .map((line): unknown => JSON.parse(line)),
      ).toMatchObject([
        { key: "openai:gpt-5", action: "force-open", by: "alice", reason: "INC-12" },
        { key: "openai:gpt-5", action: "clear", by: "alice", reason: null, untilMs: null },
      ]);
      const json = JSON.parse((await ask("audit", "mistral", "--json")).stdout) as Record<string, unknown>;
      expect(json).toMatchObject({ atMs: expect.any(Number), events: [{ replica: "web-1", by: "ada" }] });
      const future = new Date(Date.now() + 3_600_000).toISOString();
      const none = await ask("audit", "--since", future);
      expect(none).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("nobody did anything") });
    });

    test("says that nothing is written down there, and what to look at", async () => {
      const { code, stdout, stderr } = await asking(`audit-${randomUUID()}`)("audit", "--json");
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toMatch(/nothing is written down in .*\nIs the namespace right/);
    });

    test.each([
      [["--since", "yesterday"], /--since: expected a duration/],
      [["--json", "--ndjson"], /cannot be used with/],
    ])("a wrong option is told: %j", async (args, says) => {
      const { code, stderr } = await asking("x")("audit", ...args);
      expect(code).toBe(2);
      expect(stderr).toMatch(says);
    });
  });
});

const postgres = HISTORY_KINDS.find(({ kind }) => kind === "PostgreSQL");

describe.runIf(postgres?.canRun === true)("Where PostgreSQL has no history yet", () => {
  test("circuits are operated all the same, it is told that it was not written down, and what switches it on", async () => {
    const server = (await postgres?.start()) as HistoryServer;
    onTestFinished(() => server.close());
    await asked(server.url, "drop function recloser.replicas, recloser.story, recloser.series, recloser.note");
    const env = { RECLOSER_STORE: server.url };
    const held = await run(["hold", "llm", "open", "--reason", "drill", "--new"], env);
    expect(held).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("could not be written down: recloser audit"),
    });
    const { code, stdout, stderr } = await run(["audit"], env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/keeps no audit \(function .* does not exist\)\n.*recloser migrate --role/);
    await migrated(server.url);
    await run(["release", "llm", "--by", "bob"], env);
    expect((await run(["audit"], env)).stdout).toMatch(/^\S+ {2}⚑ llm {2}released, by bob\n$/);
  });
});
