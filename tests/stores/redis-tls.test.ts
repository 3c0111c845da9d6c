/** Redis by TLS: who may be trusted, and what becomes of a replica while nobody in its place may be. */
import { readFileSync } from "node:fs";
import { Redis } from "ioredis";
import type { Recloser } from "recloser";
import { redisStore } from "recloser/redis";
import { simulatedProvider, storeContract } from "recloser/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { runChild } from "../support/child.ts";
import { type UserClient, USER_CLIENTS, type UserTls } from "../support/redis-clients.ts";
import { violationsIn } from "../support/replicas/checks.ts";
import { type Replica, ReplicaFleet } from "../support/replicas/fleet.ts";
import { freePort, hasRedis } from "../support/servers/redis.ts";
import { CA, CA_FILE, fixture, type Impostor, impostor, startTlsRedis, type TlsRedis } from "../support/servers/tls.ts";
import { expectSurvival, KEY, replicaUnderLoad, startReplica, until } from "../support/store-faults.ts";

const LIBRARIES = Object.keys(USER_CLIENTS);
const PASSWORD = "a-long-secret";
// As Node says it of an authority that is strange, of another host, of one that is over, and of what is no TLS at all.
const SAYS = {
  untrusted: /unable to verify|self-signed certificate|local issuer/i,
  elsewhere: /does not match certificate's altnames/i,
  expired: /certificate has expired/i,
  clear: /wrong version number|packet length|SSL routines/i,
} as const;

let server: TlsRedis;
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startTlsRedis();
});
beforeEach(() => {
  namespace = `test ${++tests}`;
});
afterAll(async () => {
  await server.kill();
});

async function userClient(library: string, url = server.tlsUrl(), tls: UserTls = { ca: CA }): Promise<UserClient> {
  const client = await USER_CLIENTS[library]?.(url, tls);
  if (client === undefined) throw new Error(`no such library: ${library}`);
  onTestFinished(() => client.end());
  return client;
}

describe.runIf(canRun).each(LIBRARIES)("By TLS, a client of %s with its authority", (library) => {
  let client: UserClient;
  beforeAll(async () => {
    client = (await USER_CLIENTS[library]?.(server.tlsUrl(), { ca: CA })) as UserClient;
  });
  afterAll(() => client.end());
  test.each(storeContract({ store: () => redisStore({ client: client.port }) }))("keeps the contract: $name", (check) =>
    expect(check.run()).resolves.toBeUndefined(),
  );
});

// Each process counts the namespaces of its checks for itself.
async function emptied(): Promise<void> {
  const admin = new Redis(server.url);
  await admin.flushall();
  admin.disconnect();
}

/** In a process that trusts the authority as an operator would have it: by its environment. */
const OF_AN_OPERATOR = { NODE_EXTRA_CA_CERTS: CA_FILE };

const byUrl = (library: string, url: string): string => `
  import { createRecloser } from "recloser";
  import { simulatedProvider, storeContract } from "recloser/testing";
  import { connectTo } from "./packages/recloser/src/store/redis/connection.ts";
  import { RedisStore } from "./packages/recloser/src/store/redis/store.ts";
  const store = () => new RedisStore(connectTo(${JSON.stringify(url)}, (name) => name === ${JSON.stringify(library)}));
  const namespace = ${JSON.stringify(`${namespace} ${library}`)};
`;

describe.runIf(canRun).each(LIBRARIES)("By rediss:// with %s installed,", (library) => {
  test("the contract is kept where Node trusts the authority, and the process ends by itself", async () => {
    const source = `${byUrl(library, server.tlsUrl())}
      for (const { name, run } of storeContract({ store, operations: 500 })) await run().catch((error) => console.log(name, error));
      console.log("kept");
    `;
    await emptied();
    expect(await runChild(source, OF_AN_OPERATOR)).toEqual({ code: 0, out: ["kept"] });
  });

  test.each([
    ["a certificate of a strange authority", "untrusted"],
    ["somebody who answers in clear", "clear"],
  ] as const)("%s is no store: calls go on, nothing is said in clear, no handle is left", async (_what, which) => {
    const there = which === "clear" ? await impostor(await freePort(), "+OK\r\n") : null;
    const url = there === null ? server.tlsUrl(`app:${PASSWORD}`) : `rediss://app:${PASSWORD}@127.0.0.1:${there.port}`;
    // Nobody here knows the authority.
    const { code, out } = await runChild(`${byUrl(library, url)}
      const recloser = createRecloser({ store: store(), namespace });
      recloser.on("store", ({ mode }) => console.log(mode));
      await recloser.ready();
      const breaker = recloser.breaker("openai");
      for (let i = 0; i < 20; i++) {
        if (await breaker.execute(() => Promise.resolve("answer")) !== "answer") console.log("no answer");
        await new Promise((resolve) => setTimeout(resolve, 75)); // some more tries
      }
      console.log(String(recloser.storeHealth().lastError));
      await recloser.close();
    `);
    expect(code).toBe(0);
    expect(out).toEqual(["local", expect.stringMatching(SAYS[which])]);
    expect(out.join()).not.toContain(PASSWORD);
    if (there !== null) expectOnlyTls(there);
  });
});

describe.runIf(canRun).each(LIBRARIES)("By rediss:// with %s installed,", (library) => {
  test("a handshake that is never answered is given up, and the server that then stands there is joined", async () => {
    const there = await impostor(await freePort(), null);
    const child = runChild(
      `${byUrl(library, `rediss://127.0.0.1:${there.port}`)}
      const recloser = createRecloser({ store: store(), namespace });
      recloser.on("store", ({ mode }) => console.log(mode));
      while (recloser.storeHealth().mode === "local") await new Promise((resolve) => setTimeout(resolve, 20));
      await recloser.close();
    `,
      OF_AN_OPERATOR,
    );
    await until("a second handshake", () => there.heard.filter(({ length }) => length > 0).length >= 2, 8_000);
    await there.close();
    const late = await startTlsRedis({ "tls-port": String(there.port) });
    onTestFinished(() => late.kill());
    expect(await child).toEqual({ code: 0, out: ["local", "shared"] });
    expectOnlyTls(there);
  });
});

/** Each connection has begun a handshake of TLS, and said nothing else. */
function expectOnlyTls({ heard }: Impostor): void {
  const said = heard.filter(({ length }) => length > 0);
  expect(said.length, "connections that said something").toBeGreaterThanOrEqual(2);
  for (const bytes of said) {
    expect([...bytes.subarray(0, 2)], "a handshake record").toEqual([22, 3]);
    expect(bytes.toString("latin1")).not.toMatch(/EVAL|HELLO|AUTH|CLIENT|PING|INFO|SUBSCRIBE|rc1:|a-long-secret/i);
  }
}

describe.runIf(canRun)("No call fails or waits, and the fleet is whole again within seconds, when", () => {
  beforeEach(() => {
    others = startReplica(server.url, namespace);
  });

  const FAULTS = [
    ...LIBRARIES.map((library) => [library, "untrusted"] as const),
    ["ioredis", "elsewhere"],
    ["redis", "expired"],
  ] as const;
  test.each(FAULTS)("the server shows %s a certificate that is %s", async (library, certificate) => {
    const replica = await replicaUnderLoad((await userClient(library)).port, namespace);
    await expectSurvival(
      replica,
      {
        name: `client of ${library}: a certificate that is ${certificate}`,
        injected: "another certificate",
        says: SAYS[certificate],
        begin: () => server.show(certificate),
        end: () => server.show("server"),
      },
      others,
    );
  });

  test.each(LIBRARIES)("somebody who speaks in clear is in the place of %s's server", async (library) => {
    const url = server.tlsUrl(`default:${PASSWORD}`);
    const replica = await replicaUnderLoad((await userClient(library, url)).port, namespace);
    let there: Impostor | null = null;
    await expectSurvival(
      replica,
      {
        name: `client of ${library}: somebody who speaks in clear in its place`,
        injected: "SIGKILL, a listener on its port",
        says: SAYS.clear,
        async begin() {
          await server.kill();
          there = await impostor(server.tlsPort, "+OK\r\n");
        },
        async end() {
          await there?.close();
          await server.restart();
        },
      },
      others,
    );
    expectOnlyTls(there as unknown as Impostor);
  });
});

describe.runIf(canRun)("A server that asks for certificates", () => {
  let strict: TlsRedis;
  beforeAll(async () => {
    strict = await startTlsRedis({ "tls-auth-clients": "yes" });
  });
  afterAll(() => strict.kill());
  const own: UserTls = {
    ca: CA,
    cert: readFileSync(fixture("client.pem"), "utf8"),
    key: readFileSync(fixture("client.key"), "utf8"),
  };

  test.each(LIBRARIES)("shares with a client of %s that has one, and its pushes too", async (library) => {
    const { port } = await userClient(library, strict.tlsUrl(), own);
    const [one, other] = [startReplica(port, namespace), startReplica(strict.url, namespace)];
    await until("shared", () => [one, other].every((each) => each.storeHealth().mode === "shared"), 5_000);
    await other.breaker(KEY).forceOpen({ by: "a test", reason: "to see whether it is shared" });
    await until("forced open", () => one.breaker(KEY).snapshot().override !== null, 3_000);
    const admin = new Redis(strict.url);
    onTestFinished(() => admin.disconnect());
    let count = 0;
    const look = async (): Promise<void> => {
      count = Number((await admin.pubsub("NUMSUB", `rc1:{${namespace}}:ev`))[1]);
    };
    await until("both subscribed", () => count === 2, 3_000, look);
    expect(count).toBe(2);
  });

  test("is no store for a client that has none: calls go on", async () => {
    const client = await userClient("ioredis", strict.tlsUrl());
    const replica = await replicaUnderLoad(client.port, namespace);
    let calls = 0;
    await until(
      "told, and calls made",
      () => replica.storeEvents.length > 0 && calls > 100,
      5_000,
      () => {
        const span = replica.calls.look();
        calls += span.calls;
        expect(span.ends).toEqual(span.calls === 0 ? {} : { ok: span.calls });
      },
    );
    // Its word, or only the end of the connection, whichever is read first.
    const says = /certificate required|ECONNRESET|EPIPE|closed/i;
    expect(replica.storeEvents).toMatchObject([{ mode: "local", error: { message: expect.stringMatching(says) } }]);
  });
});

describe.runIf(canRun)("A fleet of processes that trust an authority by their environment", () => {
  test("shares by rediss://, goes on by itself while a stranger's certificate is shown, and shares again", async () => {
    vi.stubEnv("NODE_EXTRA_CA_CERTS", CA_FILE);
    const clients = ["url", "ioredis", "node-redis"] as const;
    const fleet = await ReplicaFleet.start({ url: server.tlsUrl(), processes: clients.length, clients });
    const dead = await simulatedProvider({ fault: { kind: "status", status: 503 } });
    onTestFinished(async () => {
      await fleet.end();
      await dead.close();
    });
    const [first, ...rest] = fleet.replicas as [Replica, ...Replica[]];
    const policy = { failureThreshold: 3, cooldown: { initial: "5m", max: "5m" } } as const;
    const shared = (key: string) => async () =>
      (await Promise.all(rest.map((each) => each.look(key)))).map(({ view }) => view);
    const allAre = (mode: string) =>
      fleet.history.until(`all are ${mode}`, 10_000, async () => {
        const healths = await Promise.all(fleet.replicas.map((replica) => replica.health()));
        return healths.every((health) => health.mode === mode) && healths;
      });
    const tripIsShared = async (key: string): Promise<void> => {
      await fleet.use(key, policy);
      await first.burst({ key, provider: dead.url }, 3);
      await fleet.history.until(`${key} is open for all`, 5_000, async () =>
        (await shared(key)()).every((view) => view.shared === "open"),
      );
    };

    await allAre("shared");
    await tripIsShared("before");
    await server.show("untrusted");
    for (const { lastError } of await allAre("local")) expect(lastError).toMatch(SAYS.untrusted);
    await fleet.use("meanwhile", policy);
    for (const replica of fleet.replicas)
      expect((await replica.burst({ key: "meanwhile", provider: dead.url }, 4)).map(({ end }) => end)).toContain(
        "failed",
      );
    for (const replica of fleet.replicas) {
      expect((await replica.look("meanwhile")).view).toMatchObject({ local: "open", shared: "closed" });
      // What had been learnt goes on, and needs no store.
      expect(await replica.burst({ key: "before", provider: dead.url }, 1)).toMatchObject([{ end: "rejected" }]);
    }
    await server.show("server");
    await allAre("shared");
    await tripIsShared("after");
    expect(fleet.history.entries.filter(({ what }) => what === "unhandled")).toEqual([]);
    for (const key of ["before", "meanwhile", "after"]) expect(violationsIn(fleet.history.about(key))).toEqual([]);
  });
});
