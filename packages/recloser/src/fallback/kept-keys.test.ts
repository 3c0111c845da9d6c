import { describe, expect, it } from "vitest";
import { KeptKeys } from "./kept-keys.ts";

describe("the entries of a store", () => {
  it("make room by its oldest", () => {
    const keys = new KeptKeys(2);
    expect(keys.add("a", 0, 100, true)).toEqual([]);
    expect(keys.add("b", 1, 100, true)).toEqual([]);
    expect(keys.add("a", 2, 100, true)).toEqual([]); // written again: the youngest now
    expect(keys.add("c", 3, 100, true)).toEqual(["b"]);
    expect(keys.size).toBe(2);
  });

  it("that have run out are deleted with the next", () => {
    const keys = new KeptKeys(9);
    for (const key of ["a", "b"]) keys.add(key, 0, 100, true);
    keys.add("c", 50, 100, true);
    expect(keys.add("d", 100, 100, true)).toEqual(["a", "b"]);
  });

  it("are no more where nothing can be deleted, until one has run out", () => {
    const keys = new KeptKeys(1);
    expect(keys.add("a", 0, 100, false)).toEqual([]);
    expect(keys.add("b", 50, 100, false)).toBe(null);
    expect(keys.add("a", 60, 100, false)).toEqual([]);
    expect(keys.add("b", 160, 100, false)).toEqual([]);
  });
});
