/** The name of the server is known no more, or whoever is asked for it does not answer. Nobody's call may notice. */
import dns from "node:dns";
import type { Recloser } from "recloser";
import { afterAll, afterEach, beforeAll, beforeEach, describe, test, vi } from "vitest";
import { hasRedis, type RedisServer, startRedis } from "../support/servers/redis.ts";
import { type TcpProxy, tcpProxy } from "../support/servers/tcp-proxy.ts";
import { expectSurvival, replicaUnderLoad, startReplica } from "../support/store-faults.ts";

let server: RedisServer;
let proxy: TcpProxy;
let others: Recloser;
let namespace = "";
let tests = 0;
const canRun = await hasRedis();
beforeAll(async () => {
  server = await startRedis();
});
beforeEach(async () => {
  proxy = await tcpProxy(server.port);
  namespace = `test ${++tests}`;
  others = startReplica(server.url, namespace);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await proxy.close();
});
afterAll(() => server.kill());

const NAME = "redis.test";
type Answer = (error: Error | null, address?: unknown, family?: number) => void;

/** Answers for this name only: the test's own servers look theirs up, too. By both ways, since node-redis takes both. */
function resolve(how: "fails" | "hangs" | null): void {
  vi.restoreAllMocks();
  const [byCallback, byPromise] = [dns.lookup as (...args: unknown[]) => void, dns.promises.lookup];
  const found = { address: "127.0.0.1", family: 4 };
  const unknown = Object.assign(new Error(`getaddrinfo ENOTFOUND ${NAME}`), { code: "ENOTFOUND" });
  const answered = (...args: unknown[]): void => {
    const [name, options, answer] = args as [string, { all?: boolean }, Answer];
    if (name !== NAME) return byCallback(...args);
    if (how === "hangs") return;
    process.nextTick(() => {
      if (how === "fails") answer(unknown);
      else if (options.all === true) answer(null, [found]);
      else answer(null, found.address, found.family);
    });
  };
  const promised = (name: string, options: object): Promise<unknown> => {
    if (name !== NAME) return byPromise(name, options);
    if (how === "hangs") return new Promise(() => {});
    return how === "fails" ? Promise.reject(unknown) : Promise.resolve(found);
  };
  vi.spyOn(dns, "lookup").mockImplementation(answered);
  vi.spyOn(dns.promises, "lookup").mockImplementation(promised as typeof dns.promises.lookup);
}

describe.runIf(canRun)(
  "No call fails or waits, and the fleet is whole again within seconds, when the name of Redis",
  () => {
    // The resolver of the machine is not a test's to break, so what Node asks of it is answered here.
    test.each([
      ["is known no more", "the resolver: ENOTFOUND", /ENOTFOUND/, "fails"],
      ["is asked of a resolver that hangs", "the resolver: no answer", /./, "hangs"],
    ] as const)("%s", async (what, injected, says, how) => {
      resolve(null);
      const replica = await replicaUnderLoad(proxy.url().replace("127.0.0.1", NAME), namespace);
      const fault = {
        ...{ name: `its name ${what}`, injected: `${injected}, connections reset`, says },
        begin: () => (resolve(how), proxy.resetAll()),
        end: () => resolve(null),
      };
      await expectSurvival(replica, fault, others);
    });
  },
);
