import { describe, expect, test } from "vitest";
import type { Given } from "./command.ts";
import { settingsOf } from "./settings.ts";

const GIVEN: Given = { store: "redis://h", namespace: "recloser", schema: "recloser", host: "127.0.0.1", port: "8788" };
const TOKEN = { RECLOSER_DASHBOARD_TOKEN: "a-token-of-sixteen" };

describe("the settings of a dashboard", () => {
  test("are read-only on this machine alone unless more is asked for", () => {
    expect(settingsOf(GIVEN, {}, true)).toEqual({
      storeUrl: "redis://h",
      schema: "recloser",
      namespace: "recloser",
      host: "127.0.0.1",
      port: 8_788,
      hosts: [],
      allowActions: false,
      tokens: {},
    });
  });

  test("allow actions when they are told to", () => {
    expect(settingsOf({ ...GIVEN, allowActions: true }, {}, true).allowActions).toBe(true);
  });

  test.each(["0.0.0.0", "::", "10.0.0.5", "example.com"])("without a token it does not listen on %s", (host) => {
    expect(() => settingsOf({ ...GIVEN, host }, {}, true)).toThrow(/--host: expected an address of this machine alone/);
  });

  test.each(["127.0.0.1", "localhost", "::1", "[::1]", "127.1.2.3"])("without a token it listens on %s", (host) => {
    expect(settingsOf({ ...GIVEN, host }, {}, true).hosts).toEqual([]);
  });

  test("an address is a name it is asked for by, beside those that are given", () => {
    expect(settingsOf({ ...GIVEN, host: "10.0.0.5", name: ["ops.example.com"] }, TOKEN, true).hosts).toEqual([
      "ops.example.com",
      "10.0.0.5",
    ]);
    expect(settingsOf({ ...GIVEN, host: "0.0.0.0" }, TOKEN, true).hosts).toContain("127.0.0.1");
  });

  test.each(["rediss://h", "postgres://h/app", "postgresql://app@h:5432/app"])("%s is a store", (store) => {
    expect(settingsOf({ ...GIVEN, store }, {}, true).storeUrl).toBe(store);
  });

  test("a password is taken from the environment and refused on the command line, without being repeated", () => {
    const given = { ...GIVEN, store: "redis://me:canary@h:1" };
    expect(settingsOf(given, {}, false).storeUrl).toBe(given.store);
    expect(() => settingsOf(given, {}, true)).toThrow(/received "redis:\/\/…@h:1"$/);
    expect(() => settingsOf({ ...GIVEN, store: "canary" }, {}, true)).toThrow(/received "what is no URL"$/);
  });
});
