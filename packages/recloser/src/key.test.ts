import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidOptionError } from "./errors.ts";
import { type BreakerKey, matches, recordNames, specificity } from "./key.ts";

// Full of what could be taken for a separator, and of what could be taken for an escaped one.
const part = fc.oneof(
  fc.string({
    unit: fc.constantFrom("a", "B", ":", "/", "@", "%", "|", "2", "F", "3", "A", " ", "\n", "*", "é", "😀"),
    minLength: 1,
    maxLength: 5,
  }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 3 }),
);
const key: fc.Arbitrary<BreakerKey> = fc
  .record({ provider: part, model: part, credential: part, region: part }, { requiredKeys: ["provider"] })
  .filter((candidate) => JSON.stringify(candidate).length < 60);
const identity = ({ provider, model, credential, region }: BreakerKey): string =>
  JSON.stringify([provider, model ?? null, credential ?? null, region ?? null]);

describe("the records of a structured key", () => {
  it("have a name that no other key's breaker has", () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(recordNames(a).breaker === recordNames(b).breaker).toBe(identity(a) === identity(b));
      }),
      { numRuns: 5_000 },
    );
  });

  it("meet those of another key only where both speak of the same thing", () => {
    const things = (k: BreakerKey): Map<string, string> => {
      const { health, reachability, credential, credentialAndModel } = recordNames(k);
      const place = { provider: k.provider, ...(k.region === undefined ? {} : { region: k.region }) };
      const all: [string | null, BreakerKey][] = [
        [health, { ...place, ...(k.model === undefined ? {} : { model: k.model }) }],
        [reachability, place],
        [credential, { ...place, ...(k.credential === undefined ? {} : { credential: k.credential }) }],
        [credentialAndModel, k],
      ];
      return new Map(all.flatMap(([name, thing]) => (name === null ? [] : [[name, identity(thing)] as const])));
    };
    fc.assert(
      fc.property(key, key, (a, b) => {
        const others = things(b);
        for (const [name, thing] of things(a)) assert.equal(others.get(name) ?? thing, thing);
      }),
      { numRuns: 5_000 },
    );
  });

  it("never meet, even where a part cannot be encoded", () => {
    const names = ["\ud800", "\udfff", "\ufffd"].map((model) => recordNames({ provider: "p", model }).health);
    expect(new Set(names).size).toBe(3);
  });

  it("are escaped by the percent, so that a name can be read and typed", () => {
    expect(recordNames({ provider: "openai", model: "ft:gpt" }).health).toBe("openai:ft%3Agpt");
    expect(recordNames({ provider: "a/b", model: "c@d", credential: "e%f", region: "g h" })).toEqual({
      breaker: "a%2Fb/g%20h:c%40d@e%25f",
      health: "a%2Fb/g%20h:c%40d",
      reachability: "a%2Fb/g%20h",
      credential: "a%2Fb/g%20h@e%25f",
      credentialAndModel: "a%2Fb/g%20h:c%40d@e%25f",
      policy: "a%2Fb/g%20h:c%40d",
      group: "a%2Fb/g%20h",
    });
  });

  it("hold no control character and no bar, which a store or a terminal could trip over", () => {
    fc.assert(
      fc.property(key, (any) => {
        expect(recordNames(any).breaker).not.toMatch(/[|\s\p{Cc}]/u);
      }),
    );
  });

  it("without a model are a health record of its own, beside the reachability of all models", () => {
    expect(recordNames({ provider: "openai" })).toEqual({
      breaker: "openai",
      health: "openai:",
      reachability: "openai",
      credential: null,
      credentialAndModel: null,
      policy: "openai",
      group: "openai",
    });
  });
});

describe("a plain string", () => {
  it("names exactly one record, as it is", () => {
    expect(recordNames("openai:gpt-5")).toMatchObject({
      breaker: "openai:gpt-5",
      health: "openai:gpt-5",
      reachability: null,
    });
    expect(recordNames("openai:gpt-5").group).toBeNull();
  });
});

describe("a key that names nothing", () => {
  it("is refused with the field, what was expected and what came", () => {
    const refused = (bad: unknown): string => {
      try {
        recordNames(bad as BreakerKey);
      } catch (error) {
        assert.ok(error instanceof InvalidOptionError);
        return error.option;
      }
      return "accepted";
    };
    expect(refused("")).toBe("key");
    expect(refused("x".repeat(201))).toBe("key");
    expect(refused("é".repeat(101))).toBe("key");
    expect(refused("x".repeat(200))).toBe("accepted");
    expect(refused({})).toBe("key.provider");
    expect(refused({ provider: "" })).toBe("key.provider");
    expect(refused({ provider: "p", model: "" })).toBe("key.model");
    expect(refused({ provider: "p", model: 5 })).toBe("key.model");
    expect(refused({ provider: "p", credential: null })).toBe("key.credential");
    expect(refused({ provider: "p", tenant: "t" })).toBe("key.tenant");
    for (const bad of [null, undefined, 5, [], true]) expect(refused(bad)).toBe("key");
  });
});

describe("a glob", () => {
  it("matches what the same regular expression matches", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", ":", "*"), maxLength: 7 });
    const name = fc.string({ unit: fc.constantFrom("a", "b", ":"), maxLength: 9 });
    fc.assert(
      fc.property(text, name, (glob, candidate) => {
        const naive = new RegExp(`^${glob.replaceAll("*", ".*")}$`);
        expect(matches(glob, candidate)).toBe(naive.test(candidate));
      }),
      { numRuns: 20_000 },
    );
  });

  it("takes every other character for itself", () => {
    expect(matches("a.c", "abc")).toBe(false);
    expect(matches("(a|b)+?", "(a|b)+?")).toBe(true);
    expect(matches("*", "anything at all\n")).toBe(true);
  });

  it("is not slow on a name made to be slow", () => {
    expect(matches(`${"a*".repeat(60)}b`, "a".repeat(200))).toBe(false);
  });

  it("is the more specific the more it fixes, and an exact name is the most specific", () => {
    const sorted = ["*", "openai:*", "openai:gpt*", "openai:gpt-5"].toSorted((a, b) => specificity(b) - specificity(a));
    expect(sorted).toEqual(["openai:gpt-5", "openai:gpt*", "openai:*", "*"]);
  });
});
