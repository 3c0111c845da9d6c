import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { Candidate } from "./candidate.ts";
import { linesOf } from "./lines.ts";
import { Player } from "./player.ts";
import { readLine } from "./read-line.ts";
import type { RecordedCall } from "./recorded-call.ts";

const START_MS = 1_800_000_000_000;

function line(fields: object): ReturnType<typeof readLine> {
  return readLine(JSON.stringify(fields));
}

describe("A line of one's own", () => {
  test("is a call from its beginning to its end, with a status judged by the classifier", () => {
    const call = { key: "openai", startMs: START_MS, endMs: START_MS + 1_200, shownMs: START_MS + 1_200 };
    expect(line({ ts: START_MS, outcome: 503, duration: "1.2s", key: "openai" })).toEqual({
      ...{ is: "calls", rejected: 0 },
      calls: [{ ...call, kind: "overloaded" }],
    });
    expect(line({ ts: new Date(START_MS).toISOString(), outcome: "429", duration: 5 })).toMatchObject({
      calls: [{ kind: "rate-limited", startMs: START_MS }],
    });
  });

  test.each([
    ["nope", "line"],
    ["[]", "line"],
    ['{"a":1}', "ts"],
    ['{"ts":"yesterday","outcome":"ok","duration":1}', "ts"],
    ['{"ts":1800000000000,"outcome":"great","duration":1}', "outcome"],
    ['{"ts":1800000000000,"outcome":"ok"}', "duration"],
    ['{"ts":1800000000000,"outcome":"ok","duration":-1}', "duration"],
    ['{"ts":1800000000000,"outcome":"ok","duration":1,"key":7}', "key"],
  ])("%s is bad, and says which field", (text, field) => {
    expect(readLine(text)).toMatchObject({ is: "bad", field });
  });
});

describe("A request's line of the gateway", () => {
  const step = {
    target: "openai",
    result: "whole",
    reason: null,
    status: null,
    calls: 1,
    probe: false,
    durationMs: 300,
  };
  const request = {
    level: "info",
    time: new Date(START_MS).toISOString(),
    event: "request",
    durationMs: 1_000,
    firstTokenMs: null,
  };

  test("is a call for each target that was asked, one after the other; what was rejected is counted apart", () => {
    const failed = { ...step, target: "azure", result: "failed", reason: "server-error", status: 500, durationMs: 700 };
    const rejected = { ...step, target: "groq", result: "rejected", reason: "open", calls: 0, durationMs: 0 };
    expect(line({ ...request, steps: [rejected, failed, step] })).toMatchObject({
      ...{ is: "calls", rejected: 1 },
      calls: [
        { key: "azure", startMs: START_MS - 1_000, endMs: START_MS - 300, kind: "server-error" },
        { key: "openai", startMs: START_MS - 300, endMs: START_MS, kind: "success" },
      ],
    });
  });

  test("shows a streamed answer at its first content", () => {
    expect(line({ ...request, firstTokenMs: 150, steps: [{ ...step, durationMs: 1_000 }] })).toMatchObject({
      calls: [{ shownMs: START_MS - 850, endMs: START_MS }],
    });
  });

  test("is bad where its steps are none, and other lines are passed over", () => {
    expect(line({ ...request, steps: 3 })).toMatchObject({ is: "bad", field: "steps" });
    expect(line({ level: "info", time: "x", msg: "started" })).toEqual({ is: "other" });
  });
});

describe("The lines of a log", () => {
  const folder = mkdtempSync(join(tmpdir(), "recloser-lines-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, bytes: string | Uint8Array): string => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
  async function read(name: string): Promise<string[]> {
    const all: string[] = [];
    for await (const batch of (await linesOf(name, Readable.from([]))).batches()) all.push(...batch);
    return all;
  }
  const text = Array.from({ length: 20_000 }, (_, at) => `line ${at} é`).join("\n");

  test("are the same packed and plain, and the last one needs no end", async () => {
    expect(await read(file("plain", text))).toEqual(text.split("\n"));
    expect(await read(file("packed.gz", gzipSync(text)))).toEqual(text.split("\n"));
  });

  test("that cannot be read say why, with exit code 1", async () => {
    const failure = (words: string): unknown =>
      expect.objectContaining({ exitCode: 1, message: expect.stringContaining(words) as string });
    await expect(read(join(folder, "none"))).rejects.toEqual(failure("there is no such file"));
    await expect(read(file("torn.gz", gzipSync(text).subarray(0, 500)))).rejects.toEqual(failure("its end is missing"));
    await expect(read(file("not.gz", text))).rejects.toEqual(failure("not packed with gzip"));
  });
});

describe("A policy on recorded calls", () => {
  const chosen = { from: "", defaults: {}, policies: {}, over: { consecutiveFailures: 5 } };

  /** Ten calls a second; dead between the tenth and the twentieth second. */
  const traffic = Array.from({ length: 600 }, (_, at): RecordedCall => {
    const startMs = START_MS + at * 100;
    const endMs = startMs + 250;
    const kind = at >= 100 && at < 200 ? "server-error" : "success";
    return { key: "openai", startMs, endMs, shownMs: endMs, kind };
  });

  async function played(calls: readonly RecordedCall[], over: object = chosen.over): Promise<[Candidate, Player]> {
    const player = new Player();
    const candidate = new Candidate("this", { ...chosen, over }, player.clock, 1);
    player.use([candidate]);
    for (const call of calls) player.add(call);
    player.finish();
    await candidate.close();
    return [candidate, player];
  }

  test("trips in the outage, closes after it, and its counts add up", async () => {
    const [{ tally, outages }, player] = await played(traffic);
    expect(player).toMatchObject({ calls: 600, failed: 100, late: 0 });
    expect(tally.trips).toBe(1);
    expect(outages).toHaveLength(1);
    expect((outages[0]?.fromMs ?? 0) - START_MS).toBeGreaterThan(10_000);
    expect((outages[0]?.fromMs ?? 0) - START_MS).toBeLessThan(12_000);
    expect((outages[0]?.toMs ?? 0) - START_MS).toBeGreaterThan(20_000);
    expect(tally.saved + tally.falselyRejected).toBe(tally.rejected);
    expect(tally.saved).toBeGreaterThan(80);
    expect(tally.savedMs).toBe(tally.saved * 250);
  });

  test("does the same whatever the order of the lines, within five minutes", async () => {
    const [straight] = await played(traffic);
    const [turned, player] = await played(traffic.toReversed());
    expect(turned.tally).toEqual(straight.tally);
    expect(player.late).toBe(0);
  });

  test("keeps its breakers apart by key", async () => {
    const [{ tally, outages }] = await played(
      traffic.flatMap((call) => [call, { ...call, key: "azure", kind: "success" as const }]),
    );
    expect(outages.map(({ key }) => key)).toEqual(["openai"]);
    expect(tally.trips).toBe(1);
  });

  test("that is to observe is played as if it rejected", async () => {
    const [{ tally }] = await played(traffic, { ...chosen.over, mode: "observe" });
    expect(tally.rejected).toBeGreaterThan(80);
  });
});
