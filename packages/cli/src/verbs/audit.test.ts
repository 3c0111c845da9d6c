import type { HistoryEvent, KeptEvent } from "recloser/history";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Shell } from "../shell.ts";
import { audit, type AuditWanted } from "./audit.ts";
import type { Audit, BreakerSource } from "./source/source.ts";

const NOW = new Date(2026, 10, 25, 14, 3, 17).getTime();
const HOUR_MS = 3_600_000;
const ALL: AuditWanted = { since: null, form: "text" };

let out = "";
let err = "";
const stdout = { write: (text: string) => void (out += text) } as unknown as NodeJS.WriteStream;
const stderr = { write: (text: string) => void (err += text) } as unknown as NodeJS.WriteStream;
const shell: Shell = { stdout, stderr, env: {}, exitWith: () => {} };
beforeEach(() => {
  out = err = "";
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
});
afterEach(() => void vi.useRealTimers());

function act(key: string, agoMs: number, more: Partial<Extract<HistoryEvent, { type: "override" }>> = {}): KeptEvent {
  const event = { type: "override", key, action: "reset", by: "ada", reason: null, forMs: null, ...more } as const;
  return { replica: "web-1", atMs: NOW - agoMs, event };
}

function policy(key: string, options: Record<string, unknown>, action: "set" | "unset"): KeptEvent {
  const event = { type: "policy", key, action, options, by: "ada", reason: "INC-12", forMs: null } as const;
  return { replica: "operator", atMs: NOW, event };
}

function sourceOf(kept: Partial<Audit>): BreakerSource {
  return {
    ...{ absence: "", tellsChanges: false },
    label: 'redis://h, namespace "x"',
    audit: () => Promise.resolve({ nowMs: NOW, events: [], writers: 1, ...kept }),
    read: () => Promise.resolve({ nowMs: NOW, records: [] }),
    operate: () => Promise.reject(new Error("nothing is operated")),
    onChange: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

describe("the audit", () => {
  test("tells who did what, when, for how long and why, oldest first", async () => {
    const events = [
      act("openai:gpt-5", 2 * HOUR_MS, { action: "force-open", reason: "mainte\u001Bnance", forMs: HOUR_MS }),
      act("openai:gpt-5", HOUR_MS, { action: "force-closed", reason: "INC-12" }),
      act("openai:gpt-5", 3_000, { action: "clear", by: "bob" }),
      act("mistral", 2_000, { action: "probe-now" }),
      act("mistral", 1_000),
      policy("openai:*", { failureRate: 0.6, mode: "observe" }, "set"),
      policy("openai:*", {}, "unset"),
    ];
    await audit(shell, sourceOf({ events }), [], ALL);
    expect(out.split("\n").map((line) => line.slice(10))).toEqual([
      "⚑ openai:gpt-5  held open until 13:03:17, by ada: mainte\\u{1b}nance",
      "⚑ openai:gpt-5  held closed until released, by ada: INC-12",
      "⚑ openai:gpt-5  released, by bob",
      "⚑ mistral  told to probe, by ada",
      "⚑ mistral  reset, by ada",
      '⚑ openai:*  policy set failureRate=0.6 mode="observe" until taken back, by ada: INC-12',
      "⚑ openai:*  policy taken back, by ada: INC-12",
      "",
    ]);
    expect(err).toBe("");
  });

  test("is of the breakers that are named, and not older than it is asked for", async () => {
    const events = [act("openai:a", 5 * HOUR_MS), act("openai:b", HOUR_MS), act("mistral", HOUR_MS)];
    const wanted: AuditWanted = { since: { agoMs: 2 * HOUR_MS }, form: "ndjson" };
    await audit(shell, sourceOf({ events }), ["openai:*"], wanted);
    expect(JSON.parse(out)).toEqual({
      ...{ atMs: NOW - HOUR_MS, key: "openai:b", action: "reset", by: "ada", reason: null, untilMs: null },
      replica: "web-1",
    });
    out = "";
    await audit(shell, sourceOf({ events }), [], { since: { atMs: NOW - 3 * HOUR_MS }, form: "json" });
    expect(JSON.parse(out)).toMatchObject({ atMs: NOW, events: [{ key: "openai:b" }, { key: "mistral" }] });
    await expect(audit(shell, sourceOf({ events }), ["gemini"], ALL)).rejects.toMatchObject({ exitCode: 6 });
  });

  test("leaves out what was written by somebody else", async () => {
    const events = [null, {}, { type: "override", key: 1 }, { type: "probe", key: "k" }].map(
      (event) => ({ replica: "x", atMs: NOW, event }) as unknown as KeptEvent,
    );
    await audit(shell, sourceOf({ events }), [], ALL);
    expect({ out, err }).toEqual({
      out: "",
      err: 'recloser: nobody did anything to a breaker in redis://h, namespace "x", as far as is kept\n',
    });
  });

  test("that nobody writes is no empty one", async () => {
    const none = audit(shell, sourceOf({ writers: 0 }), [], { since: null, form: "json" });
    await expect(none).rejects.toMatchObject({
      exitCode: 1,
      message: expect.stringContaining("withoutHistory(store)"),
    });
    expect(out).toBe("");
  });
});
