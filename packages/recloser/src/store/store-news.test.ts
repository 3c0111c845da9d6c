import { describe, expect, it } from "vitest";
import { deadlinesOf } from "../deadlines.ts";
import { manualClock, type ManualClock } from "../testing/manual-clock.ts";
import { StoreNews } from "./store-news.ts";

function desk(): { readonly clock: ManualClock; readonly news: StoreNews; readonly told: string[] } {
  const clock = manualClock({ startMs: 0 });
  const told: string[] = [];
  const news = new StoreNews(deadlinesOf(clock), (mode, error, atMs) => {
    told.push(`${mode} ${error?.message ?? "-"} ${atMs}`);
  });
  return { clock, news, told };
}

describe("what is told of a store", () => {
  it("is each change, at once, with its reason and its instant", async () => {
    const { clock, news, told } = desk();
    news.changed("shared", null, clock.now());
    await clock.advance(5_000);
    news.changed("local", new Error("gone"), clock.now());
    await clock.advance(700);
    news.changed("shared", null, clock.now());
    expect(told).toEqual(["shared - 0", "local gone 5000", "shared - 5700"]);
  });

  it("is nothing where nothing changes", () => {
    const { news, told } = desk();
    for (let at = 0; at < 5; at++) news.changed("local", new Error(`try ${at}`), at);
    expect(told).toEqual(["local try 0 0"]);
  });

  it("is six changes of a store that flaps, then one in ten seconds, and in the end what it has come to", async () => {
    const { clock, news, told } = desk();
    for (let second = 0; second < 60; second++) {
      news.changed(second % 2 === 0 ? "local" : "shared", null, clock.now());
      await clock.advance(1_000);
    }
    expect(told.length).toBeGreaterThanOrEqual(8);
    expect(told.length).toBeLessThanOrEqual(12);
    news.changed("local", null, clock.now());
    news.changed("shared", null, clock.now());
    await clock.advance(20_000);
    expect(told.at(-1)).toMatch(/^shared/);
    const modes = told.map((line) => line.split(" ")[0]);
    expect(modes.filter((mode, at) => mode === modes[at - 1])).toEqual([]);
    expect(clock.sleeping).toBe(0);
  });

  it("is nothing after the end", async () => {
    const { clock, news, told } = desk();
    for (let at = 0; at < 7; at++) news.changed(at % 2 === 0 ? "local" : "shared", null, clock.now());
    expect(told).toHaveLength(6);
    news.end();
    await clock.advance(60_000);
    expect([told.length, clock.sleeping]).toEqual([6, 0]);
  });
});
