import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isDeeper } from "./json-depth.ts";
import { changeMembers, type MemberChanges } from "./json-members.ts";

const NONE: MemberChanges = { set: {}, remove: [], rename: {} };
const changed = (json: string, changes: Partial<MemberChanges>): string =>
  changeMembers(Buffer.from(json), { ...NONE, ...changes }).toString();

describe("Changing members of a JSON object", () => {
  test("leaves what it does not change byte for byte", () => {
    const json = '{ "a" : 12345678901234567890.10 , "b":"\\u00e9\\"}" ,\n"model": "x", "c":[1, {"model":"y"} ] }';
    expect(changed(json, { set: { model: "new" } })).toBe(
      '{"a" : 12345678901234567890.10,"b":"\\u00e9\\"}","c":[1, {"model":"y"} ],"model":"new"}',
    );
  });

  test("renames keys and removes members, also the only one", () => {
    expect(changed('{"max_tokens":1,"x":2}', { rename: { max_tokens: "max_completion_tokens" } })).toBe(
      '{"max_completion_tokens":1,"x":2}',
    );
    expect(changed('{"x":{"deep":[1,2]}}', { remove: ["x"] })).toBe("{}");
    expect(changed(" {} ", { set: { a: 1 } })).toBe('{"a":1}');
  });

  test("comes to what parsing, changing and writing comes to, for any object", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 8 });
    fc.assert(
      fc.property(object, fc.string(), fc.jsonValue(), fc.constantFrom(undefined, 1, 2), (json, key, value, indent) => {
        fc.pre(key !== "__proto__" && !Object.hasOwn(json, "__proto__"));
        const text = JSON.stringify(json, null, indent);
        const [first] = Object.keys(json);
        const set = { [key]: value };
        const remove = first === undefined ? [] : [first];
        const want: Record<string, unknown> = structuredClone(json);
        if (first !== undefined) delete want[first];
        want[key] = value;
        expect(JSON.parse(changed(text, { set, remove }))).toEqual(JSON.parse(JSON.stringify(want)));
      }),
    );
  });
});

describe("The depth of a JSON text", () => {
  test("counts brackets, and not those in strings", () => {
    const json = Buffer.from('{"a":[[1]],"b":"[[[[\\"[[","c":"\\\\"}');
    expect([isDeeper(json, 3), isDeeper(json, 2)]).toEqual([false, true]);
  });

  test("is what walking the value finds", () => {
    const depth = (value: unknown): number =>
      typeof value !== "object" || value === null ? 0 : 1 + Math.max(0, ...Object.values(value).map(depth));
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const json = Buffer.from(JSON.stringify(value));
        expect(isDeeper(json, depth(value))).toBe(false);
        expect(isDeeper(json, depth(value) - 1)).toBe(depth(value) > 0);
      }),
    );
  });

  test("is known of a million open brackets without reading on", () => {
    expect(isDeeper(Buffer.alloc(1_000_000, "["), 64)).toBe(true);
  });
});
