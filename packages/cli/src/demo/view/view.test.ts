import { describe, expect, test } from "vitest";
import type { DemoEvent } from "../journal.ts";
import type { Sample } from "../samples.ts";
import { SCENARIOS } from "../scenarios.ts";
import type { ArmScene, BreakerScene, Scene } from "../scene.ts";
import type { ArmSummary } from "../summary.ts";
import { closing } from "./closing.ts";
import { frame } from "./frame.ts";
import { clip, justify, paint, widthOf, wrap } from "../../terminal/line.ts";
import { LivePresenter } from "./live.ts";

const ARM: ArmScene = {
  inFlight: 3,
  waiting: 0,
  providerCalls: 114,
  answeredAtOnce: 0,
  released: 0,
  failed: 81,
  good: 32,
  p50Ms: 100,
  p95Ms: 12_400,
};
const BREAKER: BreakerScene = {
  shows: "open",
  waitMs: 7_300,
  waitOfMs: 11_200,
  step: 2,
  probing: false,
  rampLimit: null,
  calls: 0,
  failures: 0,
  failuresInARow: 0,
  evidence: "18 calls failed in a row: 18 overloaded",
};
const SAMPLES: readonly Sample[] = Array.from({ length: 280 }, (_, i) => ({
  atMs: i * 50,
  shows: i < 138 ? "closed" : i === 254 ? "half-open" : "open",
  pending: { without: i < 80 ? 4 : i - 76, with: 4 },
}));
const EVENTS: readonly DemoEvent[] = Array.from({ length: 12 }, (_, i) => ({
  atMs: i * 1_000,
  source: "breaker",
  kind: "transition",
  shows: "open",
  text: `event ${i}`,
  facts: {},
}));

function scene(change: Partial<Scene> = {}, breaker: Partial<BreakerScene> = {}): Scene {
  const { title, lastsMs, steps } = SCENARIOS["503"];
  return {
    name: "503",
    title,
    speed: 1,
    pageUrl: null,
    atMs: 14_000,
    lastsMs,
    says: "goes down: it answers every call with 503",
    isWell: false,
    steps,
    arms: { without: ARM, with: { ...ARM, answeredAtOnce: 57, failed: 25, providerCalls: 57 } },
    breaker: { ...BREAKER, ...breaker },
    samples: SAMPLES,
    events: EVENTS,
    ...change,
  };
}

const ANSI = new RegExp(String.raw`\u001B\[[\d;?]*[a-zA-Z]`, "g");

describe.each([20, 40, 60, 80, 120, 300])("a frame at %i columns", (width) => {
  test.each([5, 24, 40])("fits into %i rows and the width, with colours or without", (height) => {
    const plain = frame(scene(), width, height, false);
    const coloured = frame(scene(), width, height, true).map((line) => line.replaceAll(ANSI, ""));
    expect(coloured.map((line) => line.trimEnd())).toEqual(plain);
    expect(plain.length).toBeLessThan(height);
    for (const line of plain) expect(line.length).toBeLessThanOrEqual(width);
  });
});

describe("a frame", () => {
  test("has no escape code without colours", () => expect(frame(scene(), 80, 40, false).join("\n")).not.toMatch(ANSI));

  test("reads at 60 columns", () => expect(`\n${frame(scene(), 60, 34, false).join("\n")}\n`).toMatchSnapshot());

  test("reads at 80 columns", () => expect(`\n${frame(scene(), 80, 24, false).join("\n")}\n`).toMatchSnapshot());

  test("reads at 120 columns", () => expect(`\n${frame(scene(), 120, 40, false).join("\n")}\n`).toMatchSnapshot());

  test("says the state by word, shape and colour", () => {
    const lineOf = (breaker: Partial<BreakerScene>): string =>
      frame(scene({}, breaker), 100, 40, true).find((line) => line.includes("\u001B[") && /[●◐✖⚑] [a-z]/.test(line)) ??
      "";
    expect(lineOf({ shows: "closed" })).toContain("\u001B[94m● closed");
    expect(lineOf({ shows: "half-open" })).toContain("\u001B[33m◐ half-open");
    expect(lineOf({ shows: "open" })).toContain("\u001B[91m✖ open");
    expect(lineOf({ shows: "held" })).toContain("\u001B[95m⚑ held");
  });

  test("counts down to the next probe, with the ladder's step and the evidence", () => {
    const text = frame(scene(), 100, 40, false).join("\n");
    expect(text).toContain("next probe in 7.3 s");
    expect(text).toContain("step 2: 11 s");
    expect(text).toContain("tripped on: 18 calls failed in a row: 18 overloaded");
  });

  test("shows a probe in the ribbon even if it took less than a column", () => {
    const ribbon = frame(scene(), 60, 40, false).find((line) => line.startsWith(" breaker "));
    expect(ribbon).toMatch(/●+✖+◐✖+·+$/);
  });

  test("keeps the newest events when rows are few", () => {
    const text = frame(scene(), 80, 24, false).join("\n");
    expect(text).toContain("event 11");
    expect(text).not.toContain("event 1\n");
  });
});

describe("a line", () => {
  const line = ["abc", ["def", "strong"], "ghi"] as const;

  test("is measured without its tones", () => expect(widthOf(line)).toBe(9));

  test("is cut between characters, never inside an escape code", () => {
    expect(paint(line, 5, true)).toBe("abc\u001B[1mde\u001B[0m");
    expect(paint(line, 5, false)).toBe("abcde");
  });

  test("shows that something was cut", () => {
    expect(paint(clip(line, 5), 80, false)).toBe("abcd…");
    expect(paint(clip(line, 9), 80, false)).toBe("abcdefghi");
    expect(clip(line, 0)).toEqual([]);
  });

  test("keeps what stands at its right end", () => {
    expect(paint(justify(["left"], ["right"], 12), 80, false)).toBe("left   right");
    expect(paint(justify(["left"], ["right"], 8), 80, false)).toBe("l… right");
  });

  test("wraps between words", () => expect(wrap("one two three", 8)).toEqual(["one two", "three"]));
});

const SUMMARY: ArmSummary = {
  requests: 229,
  goodAnswers: 91,
  goodInTime: 91,
  errors: 138,
  answeredAtOnce: 0,
  releasedByTrip: 0,
  unanswered: 0,
  providerCalls: 229,
  providerCallsInOutage: 138,
  p50MsInOutage: 140,
  p95MsInOutage: 82_000,
  waitedMs: 87_000,
  healToGoodAnswerMs: null,
};

describe("the closing table", () => {
  const text = (change: Partial<ArmSummary>, width: number): string =>
    closing({ without: { ...SUMMARY, ...change }, with: SUMMARY }, { happened: "It opened.", next: "Next: x." }, width)
      .map((line) => paint(line, Infinity, false))
      .join("\n");

  test("reads at 60 columns", () => {
    expect(text({}, 60)).toMatchSnapshot();
    for (const line of text({}, 60).split("\n")) expect(line.length).toBeLessThanOrEqual(60);
  });

  test("has rows for late and missing answers only when there are some", () => {
    expect(text({}, 80)).not.toMatch(/within 30 s|released|still waiting/);
    expect(text({ goodInTime: 40, unanswered: 3, waitedMs: 38_160_000 }, 80)).toMatch(/within 30 s +40 +91/);
    expect(text({ unanswered: 3, waitedMs: 38_160_000 }, 80)).toMatch(/still waiting at the end +3 +0[^]*636 min/);
  });
});

test("the live screen enters the second page once, and gives cursor and page back on every way out", () => {
  let written = "";
  const out = {
    columns: 80,
    rows: 24,
    write: (text: string) => void (written += text),
  } as unknown as NodeJS.WriteStream;
  const live = new LivePresenter(out, true);
  live.show(scene());
  live.show(scene());
  expect(written.match(/\[\?1049h/g)).toHaveLength(1);
  live.close();
  live.close();
  expect(written.match(/\[\?1049l/g)).toHaveLength(1);
  expect(written.endsWith("\u001B[?25h\u001B[?1049l")).toBe(true);
  expect(process.listeners("exit")).toHaveLength(0);
});
