import fc from "fast-check";
import { describe, expect, test } from "vitest";
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
