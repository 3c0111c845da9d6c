import { describe, expect, test } from "vitest";
import { type AddressRefused, guardedConnector, isAllowed } from "./address-guard.ts";

describe("A public address", () => {
  test.each(["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111"])("%s may be connected to", (address) => {
    expect([isAllowed(address, false), isAllowed(address, true)]).toEqual([true, true]);
  });
});

describe("An address inside a network", () => {
  test.each([
    "127.0.0.1",
    "127.9.9.9",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "::ffff:192.168.1.1",
    "169.254.1.1",
    "fe80::1",
    "fd12::1",
    "100.64.0.1",
  ])("%s only where the target says so", (address) => {
    expect([isAllowed(address, false), isAllowed(address, true)]).toEqual([false, true]);
  });

  test.each([
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "fd00:ec2::254",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "::7f00:1",
    "::ffff:0:7f00:1",
    "fec0::1",
    "1::1",
    "4000::1",
    "168.63.129.16",
    "fd20:ce::254",
    "2002:7f00:1::",
    "no address",
  ])("%s never", (address) => {
    expect([isAllowed(address, false), isAllowed(address, true)]).toEqual([false, false]);
  });
});

describe("Connecting", () => {
  const options = { protocol: "http:", port: "80", host: "provider.test" };
  const refusal = (hostname: string, found: readonly string[]): Promise<Error | null> =>
    new Promise((resolve) => {
      const addresses = found.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      const connect = guardedConnector(false, 1_000, (_name, _options, done) => done(null, addresses));
      connect({ ...options, hostname }, (...[error]) => resolve(error));
    });

  test("to a name asks where it is, and refuses what lies inside", async () => {
    const error = (await refusal("provider.test", ["127.0.0.1", "::1"])) as AddressRefused;
    expect([error.code, error.message]).toEqual(["ERR_ADDRESS_REFUSED", expect.stringContaining("allowPrivate")]);
  });

  test.each([
    "127.0.0.1",
    "[::1]",
    "[::ffff:7f00:1]",
    new URL("http://2130706433/").hostname,
    new URL("http://0x7f.1/").hostname,
  ])("to %s needs no lookup to be refused", async (hostname) => {
    expect(await refusal(hostname, [])).toMatchObject({ code: "ERR_ADDRESS_REFUSED" });
  });

  test("to a name that does not answer in time ends", async () => {
    const connect = guardedConnector(false, 20, () => {});
    const error = await new Promise((resolve) =>
      connect({ ...options, hostname: "provider.test" }, (...[refused]) => resolve(refused)),
    );
    expect(error).toMatchObject({ code: "UND_ERR_CONNECT_TIMEOUT" });
  });
});
