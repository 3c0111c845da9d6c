import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createRecloser } from "recloser";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { killAll, run, start } from "../support/cli.ts";
import { makeCalls, times } from "../support/dashboard-rig.ts";
import { HISTORY_KINDS } from "../support/history-stores.ts";
import { hasRedis, redisServer } from "../support/servers/redis.ts";

afterEach(killAll);

const SOON = { timeout: 20_000, interval: 100 };
const TOKEN = "a-token-of-sixteen";

async function dashboard(args: readonly string[], env: Record<string, string> = {}) {
  const running = start(["dashboard", "--port", "0", "--json", ...args], env);
  const [line] = (await once(running.child.stdout as NodeJS.ReadableStream, "data")) as [string];
  return { running, said: JSON.parse(line) as { readonly url: string; readonly store: string } };
}

describe("a wrong command line is told with code 2 and nothing is started", () => {
  test.each([
    [["dashboard"], {}, /--store: expected redis:/],
    [["dashboard", "-s", "postgres://x"], {}, /--store: expected redis:.*postgres:\/\/host:port\/database/],
    [["dashboard", "-s", "postgres://u:canary@h/app"], {}, /without a password.*RECLOSER_STORE/],
    [["dashboard", "-s", "postgres://h/app", "--schema", "x y"], {}, /--schema: expected a name/],
    [["dashboard", "-s", "redis://u:canary@h"], {}, /without a password.*RECLOSER_STORE/],
    [["dashboard", "-s", "redis://h", "--host", "0.0.0.0"], {}, /--host: expected an address of this machine/],
    [["dashboard", "-s", "redis://h", "--port", "70000"], {}, /--port: expected a whole number/],
    [["dashboard", "-s", "redis://h"], { RECLOSER_DASHBOARD_TOKEN: "canary" }, /at least 16 visible/],
  ])("%j %j", async (args, env, message) => {
    const { code, stdout, stderr } = await run(args, { RECLOSER_STORE: "", ...env });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("canary");
  });
});

describe.each(HISTORY_KINDS)("recloser dashboard, on $kind", (kind) => {
  test.runIf(kind.canRun)(
    "shows what a replica shares, and what happened before it was there, until it is told to stop",
    async () => {
      const server = await kind.start();
      onTestFinished(() => server.close());
      const store = server.store();
      const recloser = createRecloser({
        store,
        defaults: { failureRate: 0.5, minimumCalls: 4, cooldown: { initial: "60s" } },
      });
      onTestFinished(() => recloser.close());
      await recloser.ready();
      await vi.waitFor(() => expect(recloser.storeHealth().mode).toBe("shared"), SOON);
      await makeCalls(recloser, "openai", times(4, "503" as const));
      await vi.waitFor(
        async () =>
          expect((await store.history.events("recloser", { withinMs: null, most: 1 })).events).toHaveLength(1),
        SOON,
      );
      const { running, said } = await dashboard(["-s", server.url]);
      await vi.waitFor(async () => {
        const answer = await fetch(`${said.url}api/v1/breakers`);
        expect(await answer.json()).toMatchObject({ breakers: [{ key: "openai", shows: "open" }] });
        const past = await fetch(`${said.url}api/v1/events`);
        expect(await past.text()).toContain("4 of 4 calls failed");
      }, SOON);
      expect(await (await fetch(said.url)).text()).toContain('<div id="page">');
      const refused = await fetch(`${said.url}api/v1/breakers/openai/reset`, { method: "POST" });
      expect(refused.status).toBe(405);
      running.child.kill("SIGTERM");
      expect((await running.ended).code).toBe(0);
    },
  );
});

describe.runIf(await hasRedis())("recloser dashboard, on a store", () => {
  test("takes the store and the tokens from the environment, and shows nobody the password", async () => {
    const { url } = await redisServer({ requirepass: "canary-password" });
    const { running, said } = await dashboard(["--allow-actions"], {
      RECLOSER_STORE: url.replace("redis://", "redis://:canary-password@"),
      RECLOSER_DASHBOARD_OPERATOR_TOKEN: TOKEN,
    });
    expect(JSON.stringify(said)).not.toContain("canary");
    expect((await fetch(`${said.url}api/v1/config`)).status).toBe(401);
    const config = await fetch(`${said.url}api/v1/config`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await config.json()).toEqual({ role: "operator", allowActions: true, needsToken: true });
    running.child.kill("SIGINT");
    expect((await running.ended).code).toBe(130);
  });

  test("starts without its store, and says on the page's stream that it is away", async () => {
    const { said } = await dashboard(["-s", "redis://127.0.0.1:1"]);
    await vi.waitFor(
      async () => {
        const { body } = await fetch(`${said.url}api/v1/stream`);
        const { value } = await (body as ReadableStream<Uint8Array>).getReader().read();
        expect(new TextDecoder().decode(value)).toMatch(/"storeAway":\{"sinceMs":\d/);
      },
      { timeout: 10_000 },
    );
  });

  test("a port in use is told with the next one", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const { code, stderr } = await run(["dashboard", "-s", "redis://127.0.0.1:1", "--port", String(port)]);
    expect(code).toBe(1);
    expect(stderr).toContain(`127.0.0.1:${port} is in use, perhaps by another one: try --port`);
  });
});
