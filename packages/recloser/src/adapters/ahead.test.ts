import { describe, expect, test } from "vitest";
import { Ahead, generatorOf, streamOf } from "./ahead.ts";

/** So many chunks, then the error if there is one; counts what was taken of it. */
function source(chunks: number, error?: Error) {
  const seen = { taken: 0, returned: 0 };
  const iterator: AsyncIterator<number> = {
    async next() {
      if (seen.taken < chunks) return { done: false, value: seen.taken++ };
      if (error !== undefined) throw error;
      return { done: true, value: undefined };
    },
    async return() {
      seen.returned++;
      return { done: true, value: undefined };
    },
  };
  return { iterator, seen };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

async function all<T>(chunks: AsyncIterable<T>): Promise<T[]> {
  const read: T[] = [];
  for await (const chunk of chunks) read.push(chunk);
  return read;
}

describe("Reading ahead", () => {
  test("stops at its limit until something is taken", async () => {
    const { iterator, seen } = source(10);
    const ahead = new Ahead(iterator, { most: 3 });
    await settled();
    expect(seen.taken).toBe(3);
    await ahead.take();
    await settled();
    expect(seen.taken).toBe(4);
  });

  test("answers everyone who asks at once, in their order", async () => {
    const generator = generatorOf(new Ahead(source(2).iterator, { most: 3 }), (chunk) => chunk);
    const results = await Promise.all([generator.next(), generator.next(), generator.next(), generator.next()]);
    expect(results.map(({ done, value }) => (done === true ? "end" : value))).toEqual([0, 1, "end", "end"]);
  });

  test("weighs as it is told", async () => {
    const { iterator, seen } = source(10);
    const ahead = new Ahead(iterator, { most: 3, weigh: () => 2 });
    await settled();
    expect(seen.taken).toBe(2);
    ahead.stop();
  });

  test("has come to its end by itself where that is near, and says so once", async () => {
    let over = 0;
    const ahead = new Ahead(source(2).iterator, { most: 3, over: () => over++ });
    await settled();
    ahead.stop();
    expect(over).toBe(1);
  });

  test("has begun with the first chunk, or with the end", async () => {
    await new Ahead(source(1).iterator, { most: 1 }).begun();
    await new Ahead(source(0).iterator, { most: 1 }).begun();
    const broken = new Error("broken");
    await expect(new Ahead(source(0, broken).iterator, { most: 1 }).begun()).rejects.toBe(broken);
    await new Ahead(source(1, broken).iterator, { most: 9 }).begun();
  });
});

describe.each([
  ["a web stream", (ahead: Ahead<number>) => streamOf(ahead)],
  ["a generator", (ahead: Ahead<number>) => generatorOf(ahead, (chunk) => chunk)],
])("As %s", (_, reader: (ahead: Ahead<number>) => AsyncIterable<number>) => {
  test("every chunk comes in order", async () => {
    expect(await all(reader(new Ahead(source(5).iterator, { most: 2 })))).toEqual([0, 1, 2, 3, 4]);
  });

  test("what came before an error is delivered before it", async () => {
    const broken = new Error("broken");
    const chunks = reader(new Ahead(source(2, broken).iterator, { most: 9 }));
    await settled();
    const read: number[] = [];
    const reading = (async () => {
      for await (const chunk of chunks) read.push(chunk);
    })();
    await expect(reading).rejects.toBe(broken);
    expect(read).toEqual([0, 1]);
  });

  test("who leaves ends the source", async () => {
    const { iterator, seen } = source(99);
    for await (const chunk of reader(new Ahead(iterator, { most: 2 }))) if (chunk === 1) break;
    expect(seen.returned).toBe(1);
  });

  test("who never began ends the source by leaving", async () => {
    const { iterator, seen } = source(99);
    const chunks = reader(new Ahead(iterator, { most: 2 }))[Symbol.asyncIterator]();
    await chunks.return?.();
    expect(seen.returned).toBe(1);
  });
});
