/** Where the gateway connects to: nowhere inside a network that a target does not say it is in, however it is written. */
import type { LookupAddress } from "node:dns";
import { describe, expect, test } from "vitest";
import { AddressRefused } from "../../../packages/gateway/src/upstream/address-guard.ts";
import { gatewayConfig, target } from "../../support/gateway-config.ts";
import { plainServer } from "../../support/plain-server.ts";
import { post, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

const ASK = post("/v1/chat/completions", { model: "m" });
const timeouts = { connectMs: 2_000 };

interface Tried {
  readonly status: number;
  readonly text: string;
  /** Whether the guard said no; other reasons for having no connection prove nothing. */
  readonly isRefused: boolean;
  readonly reached: number;
  readonly lookups: number;
}

/** @param hostname of the target @param found what DNS says of it, one answer after the other */
async function tried(
  hostname: string,
  found: readonly (readonly string[])[] = [],
  allowPrivate = false,
): Promise<Tried> {
  const server = await plainServer();
  const { port } = new URL(server.url);
  let lookups = 0;
  const targets = [target("one", `http://${hostname}:${port}/v1`, { allowPrivate })];
  await using gateway = await startGateway(gatewayConfig({ targets, timeouts }), {
    lookUp: (_name, _options, done) => {
      const answer = found[Math.min(lookups++, found.length - 1)] ?? [];
      const addresses = answer.map((address): LookupAddress => ({ address, family: address.includes(":") ? 6 : 4 }));
      process.nextTick(() => done(null, addresses));
    },
  });
  const { status, text } = await sendRaw(gateway.url, ASK);
  const isRefused = gateway.records[0]?.steps[0]?.kind === "failed" && hasRefusal(gateway.records[0].steps[0].error);
  return { status, text, isRefused, reached: server.received.length, lookups };
}

function hasRefusal(error: unknown): boolean {
  return error instanceof AddressRefused || (error instanceof Error && hasRefusal(error.cause));
}

describe("A target at an address is not asked:", () => {
  test.each([
    "127.0.0.1",
    "127.1",
    "127.255.255.254",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "017700000001",
    "0.0.0.0",
    "0",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::]",
    "[fe80::1]",
    "[fc00::1]",
    "[fd00:ec2::254]",
    "[fec0::1]",
    "[ff02::1]",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "0xa9fea9fe",
    "2852039166",
    "[::ffff:169.254.169.254]",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
  ])("%s", async (hostname) => {
    expect(await tried(hostname)).toMatchObject({ status: 502, isRefused: true, reached: 0, lookups: 0 });
  });
});

describe("A target's name is not followed to", () => {
  test.each([
    ["this machine", ["127.0.0.1"]],
    ["this machine by IPv6", ["::1"]],
    ["this machine as IPv4 in IPv6", ["::ffff:127.0.0.1"]],
    ["anything", ["0.0.0.0"]],
    ["a neighbour", ["fe80::1%eth0"]],
    ["a private network", ["10.0.0.1", "fd12::1"]],
    ["a private network behind NAT64", ["64:ff9b::a00:1"]],
    ["a cloud's metadata", ["169.254.169.254"]],
    ["what is no address", ["localhost"]],
    ["nothing", []],
  ])("%s", async (_name, addresses) => {
    expect(await tried("provider.test", [addresses])).toMatchObject({ status: 502, isRefused: true, reached: 0 });
  });

  test.each([
    "localhost",
    "LOCALHOST",
    "a.localhost",
    "localhost.",
    "ip6-localhost",
    "127.0.0.1.nip.io",
    "metadata.google.internal",
  ])("this machine by the name %s", async (hostname) => {
    expect(await tried(hostname, [["127.0.0.1", "::1"]])).toMatchObject({ status: 502, isRefused: true, reached: 0 });
  });

  test("what it leads to the second time: it is asked once for each connection, and that answer holds", async () => {
    // First an address of the public net that nobody has, then what the attacker is after.
    const { lookups, reached, isRefused } = await tried("rebound.test", [["2a00::1"], ["127.0.0.1"]]);
    expect(reached).toBe(0);
    // Once for the first try; once for its retry, whose answer is refused.
    expect([1, 2]).toContain(lookups);
    expect(isRefused).toBe(lookups === 2);
  });

  test("a private address beside a public one", async () => {
    expect((await tried("both.test", [["127.0.0.1", "2a00::1"]])).reached).toBe(0);
  });
});

test("A refusal tells nobody outside what lies inside", async () => {
  const { text } = await tried("secret-name.test", [["10.11.12.13"]]);
  expect(text).not.toMatch(/10\.11\.12\.13|secret-name/);
});

describe("A target that is meant to be inside", () => {
  test("is asked", async () => {
    expect(await tried("127.0.0.1", [], true)).toMatchObject({ status: 200, reached: 1 });
    expect(await tried("inside.test", [["127.0.0.1"]], true)).toMatchObject({ status: 200, reached: 1 });
  });

  test.each([
    "169.254.169.254",
    "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]",
    "100.100.100.200",
    "168.63.129.16",
    "0.0.0.0",
  ])("is not at %s all the same", async (hostname) => {
    expect(await tried(hostname, [], true)).toMatchObject({ status: 502, isRefused: true });
  });

  test.each([["169.254.169.254"], ["fd20:ce::254"]])("does not lead to %s all the same", async (address) => {
    expect(await tried("inside.test", [[address]], true)).toMatchObject({ status: 502, isRefused: true });
  });
});

test("What the environment says of proxies changes nothing", async () => {
  const [proxy, server] = [await plainServer(), await plainServer()];
  const names = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "NODE_USE_ENV_PROXY"];
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = proxy.url;
  try {
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    expect((await sendRaw(gateway.url, ASK)).status).toBe(200);
  } finally {
    for (const [at, name] of names.entries()) {
      if (before[at] === undefined) delete process.env[name];
      else process.env[name] = before[at];
    }
  }
  expect([proxy.received.length, server.received.length]).toEqual([0, 1]);
});
