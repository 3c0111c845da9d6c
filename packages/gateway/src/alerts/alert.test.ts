import type { TransitionEvent } from "recloser";
import { describe, expect, test } from "vitest";
import { type Alert, alertBody, alertText, slackBody } from "./alert.ts";

const TRIPPED: TransitionEvent = {
  key: "openai:gpt-5",
  from: "closed",
  to: "open",
  reason: "failure-rate",
  generation: 7,
  cooldownMs: 5_000,
  by: "replica-1",
  atMs: 1_000,
  origin: "local",
  scope: "shared",
  evidence: null,
};

function alert(kind: Alert["kind"], last: Partial<TransitionEvent> = {}, trips = 1): Alert {
  return { kind, last: { ...TRIPPED, ...last }, trips, intervalMs: 300_000 };
}

describe("an alert is one line", () => {
  const summary = "18 of 20 calls failed in 30 s: 15 timeout, 3 overloaded";
  const evidence = { summary } as unknown as TransitionEvent["evidence"];

  test.each([
    [alert("opened", { evidence }), `✖ openai:gpt-5 is open: ${summary}. Next probe in 5 s.`],
    [alert("closed", { to: "closed", reason: "probe-passed" }), "● openai:gpt-5 is closed again: its probe passed."],
    [alert("closed", { to: "closed", reason: "reset", by: "mia" }), "● openai:gpt-5 is closed again: reset by mia."],
    [alert("flapping", {}, 7), "✖ openai:gpt-5 is flapping: it tripped 7 times in 5 min, and is open now."],
    [
      alert("flapping", { to: "closed" }, 1),
      "● openai:gpt-5 is flapping: it tripped once more in 5 min, and is closed now.",
    ],
    [
      alert("opened", { scope: "local" }),
      "✖ openai:gpt-5 is open: failure-rate. Next probe in 5 s. In the process replica-1 alone: the store is away.",
    ],
  ])("%#", (told, text) => expect(alertText(told)).toBe(text));

  test("of a bounded length, whatever a caller names a model", () => {
    const text = alertText(alert("opened", { key: `openai:${"x".repeat(10_000)}\n\u001b[31m` }));
    expect(text.length).toBeLessThan(300);
    expect(text).not.toContain("\n");
  });
});

test("a model's name mentions nobody and links to nothing in Slack", () => {
  const body = JSON.stringify(slackBody(alert("opened", { key: "x:<!channel> <https://evil|here> &" }), "recloser"));
  expect(body).toContain("x:&lt;!channel&gt; &lt;https://evil|here&gt; &amp;");
  expect(body).not.toMatch(/[<>]/);
});

test("a program gets every fact of the change", () => {
  expect(alertBody(alert("flapping", {}, 3), "id-1", "prod")).toMatchObject({
    type: "recloser.alert",
    version: 1,
    id: "id-1",
    kind: "flapping",
    key: "openai:gpt-5",
    namespace: "prod",
    state: "open",
    transition: { from: "closed", to: "open", reason: "failure-rate", generation: 7, cooldownMs: 5_000, atMs: 1_000 },
    flapping: { trips: 3, intervalMs: 300_000 },
  });
});
