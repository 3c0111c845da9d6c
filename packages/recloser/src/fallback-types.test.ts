/** What a fallback does to the type of an answer. Checked by the compiler (`npm run types`); nothing here runs a call. */
import { describe, expectTypeOf, it } from "vitest";
import type { Breaker, StreamOptions } from "./api.ts";
import type { FallbackInfo } from "./fallback.ts";
import { createBreaker } from "./recloser.ts";

interface Hits {
  readonly hits: readonly string[];
}

const breaker: Breaker = createBreaker({ name: "types" });
const search = async (query: string): Promise<Hits> => ({ hits: [query] });
async function* tokens(): AsyncGenerator<string> {
  yield "a";
}

describe("the type of an answer with a fallback", () => {
  it("of execute is T | F, and T without one", () => {
    expectTypeOf(breaker.execute(() => search("a"))).resolves.toEqualTypeOf<Hits>();
    expectTypeOf(breaker.execute(() => search("a"), { timeout: "5s" })).resolves.toEqualTypeOf<Hits>();
    expectTypeOf(breaker.execute(() => search("a"), { fallback: () => null })).resolves.toEqualTypeOf<Hits | null>();
    expectTypeOf(
      breaker.execute(() => search("a"), { fallback: async () => ({ sorry: true }) }),
    ).resolves.toEqualTypeOf<Hits | { sorry: boolean }>();
  });

  it("of a wrapped function is T | F, its parameters stay", () => {
    expectTypeOf(breaker.wrap(search)).toEqualTypeOf<(query: string) => Promise<Hits>>();
    expectTypeOf(breaker.wrap(search, { timeout: "5s" })).toEqualTypeOf<(query: string) => Promise<Hits>>();
    const wrapped = breaker.wrap(search, { fallback: (_error, { open }) => open?.retryAfterMs ?? 0 });
    expectTypeOf(wrapped).toEqualTypeOf<(query: string) => Promise<Hits | number>>();
  });

  it("of a stream is T | F, from another stream, a list or one chunk", () => {
    async function* numbers(): AsyncGenerator<number> {
      yield 1;
    }
    expectTypeOf(breaker.stream(() => tokens())).toEqualTypeOf<AsyncIterable<string>>();
    expectTypeOf(breaker.stream(tokens, { idle: "5s" })).toEqualTypeOf<AsyncIterable<string>>();
    expectTypeOf(breaker.stream(tokens, { fallback: () => numbers() })).toEqualTypeOf<AsyncIterable<string | number>>();
    expectTypeOf(breaker.stream(tokens, { fallback: async () => [1, 2] })).toEqualTypeOf<
      AsyncIterable<string | number>
    >();
    expectTypeOf(breaker.stream(tokens, { fallback: () => "sorry" })).toEqualTypeOf<AsyncIterable<string>>();
    expectTypeOf(breaker.stream(tokens, { fallback: () => null })).toEqualTypeOf<AsyncIterable<string | null>>();
  });

  it("leaves what the fallback is given typed", () => {
    const options = {
      fallback: (error, info) => {
        expectTypeOf(error).toEqualTypeOf<unknown>();
        expectTypeOf(info).toEqualTypeOf<FallbackInfo>();
        return 0;
      },
    } satisfies StreamOptions;
    expectTypeOf(breaker.stream(tokens, options)).toEqualTypeOf<AsyncIterable<string | number>>();
  });
});
