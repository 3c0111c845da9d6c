import { createRecloser } from "recloser";
import { changePolicy, policiesOf, type PolicyPlace } from "recloser/inspect";
import { expect, test } from "vitest";
import { logCircuits } from "./circuit-lines.ts";
import type { Log } from "./log.ts";

test("What operators set for the fleet is in the log, with who and why, and what is left out of it", async () => {
  const lines: unknown[] = [];
  const line = (level: string) => (fields: object, text: string) => void lines.push({ level, ...fields, text });
  const log = { info: line("info"), warn: line("warn") } as unknown as Log;
  const recloser = createRecloser({ policies: { a: { cooldown: { max: "10s" } } } });
  recloser.breaker("a");
  const ending = new AbortController();
  logCircuits(recloser, log, ending.signal);
  const place = policiesOf(recloser) as PolicyPlace;
  const who = { by: "ann\u001B[2J", reason: "INC-12" };
  await changePolicy(place, { type: "set", pattern: "a", options: { mode: "observe" }, ...who });
  await changePolicy(place, { type: "unset", pattern: "a", by: "bob" });
  await changePolicy(place, { type: "set", pattern: "a", options: { "cooldown.initial": "20s" }, ...who });
  ending.abort();
  const event = { level: "warn", event: "policy", key: "a" };
  expect(lines).toMatchObject([
    { ...event, option: "mode", value: "observe", by: "ann\\u001b[2J", text: "a: mode is set by ann\\u001b[2J" },
    { ...event, option: "mode", value: null, text: "a: mode is the configuration's again" },
    { level: "warn", event: "store", mode: "shared", text: expect.stringContaining('policy for "a" does not go with') },
    { ...event, option: "cooldown.initial" },
  ]);
});
