import { createRecloser, memoryStore, type Recloser } from "recloser";
import { changePolicy, policiesOf, type PolicyPlace } from "recloser/inspect";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDashboard, type Dashboard } from "./dashboard.ts";
import type { BreakerView, EventView, PolicyOptionView } from "./views/wire.ts";

const WRITE = { "content-type": "application/json", "recloser-csrf": "1" };
const WHY = { by: "ada", reason: "INC-12" };

function shown(recloser: Recloser, allowActions = true): Dashboard {
  const dashboard = createDashboard({ recloser, allowActions });
  onTestFinished(() => dashboard.close());
  return dashboard;
}

async function asked<T>(dashboard: Dashboard, path: string, init: RequestInit = {}): Promise<T> {
  return (await dashboard(new Request(`http://localhost/api/v1/${path}`, init))).json() as Promise<T>;
}

function observe(dashboard: Dashboard, key: string, body: object = WHY, version = "*"): Promise<Response> {
  const headers = { ...WRITE, "if-match": version };
  const request = { method: "POST", headers, body: JSON.stringify(body) };
  return dashboard(new Request(`http://localhost/api/v1/breakers/${encodeURIComponent(key)}/observe`, request));
}

function enforce(dashboard: Dashboard, key: string): Promise<Response> {
  const headers = { ...WRITE, "if-match": "*" };
  const request = { method: "DELETE", headers, body: JSON.stringify({ by: "bob" }) };
  return dashboard(new Request(`http://localhost/api/v1/breakers/${encodeURIComponent(key)}/observe`, request));
}

async function breakerIn(response: Response): Promise<BreakerView> {
  expect(response.status).toBe(200);
  return ((await response.json()) as { breaker: BreakerView }).breaker;
}

describe("Observe mode", () => {
  test("is set for a key in every recloser of the store, and ended, and both are in the audit", async () => {
    const store = memoryStore();
    const [here, there] = [createRecloser({ store }), createRecloser({ store })];
    const other = there.breaker({ provider: "openai", model: "gpt-5", credential: "team" });
    here.breaker({ provider: "openai", model: "gpt-5" });
    const dashboard = shown(here);
    expect((await breakerIn(await observe(dashboard, "openai:gpt-5"))).mode).toBe("observe");
    expect(other.snapshot().mode).toBe("observe");
    expect((await breakerIn(await enforce(dashboard, "openai:gpt-5"))).mode).toBe("enforce");
    expect(other.snapshot().mode).toBe("enforce");
    const { events } = await asked<{ events: EventView[] }>(dashboard, "audit");
    expect(events).toMatchObject([
      { type: "policy", key: "openai:gpt-5", action: "set", options: { mode: "observe" }, ...WHY },
      { type: "policy", key: "openai:gpt-5", action: "unset", options: { mode: null } },
    ]);
    expect((events[0] as { untilMs: number }).untilMs - (events[0]?.atMs ?? 0)).toBeCloseTo(1_800_000, -3);
  });

  test("that comes from a glob or from the code ends by a word for this one", async () => {
    const recloser = createRecloser({ policies: { quiet: { mode: "observe" } } });
    for (const key of ["quiet", "a", "b"]) recloser.breaker(key);
    const place = policiesOf(recloser) as PolicyPlace;
    await changePolicy(place, { type: "set", pattern: "*", options: { mode: "observe" }, by: "ann", reason: "drill" });
    const dashboard = shown(recloser);
    for (const key of ["quiet", "a"]) expect((await breakerIn(await enforce(dashboard, key))).mode).toBe("enforce");
    expect(recloser.breaker("b").snapshot().mode).toBe("observe");
  });

  test("is refused without a reason, on what has changed since, for what others would be meant by, and where the code is over it", async () => {
    const recloser = createRecloser();
    for (const key of ["a", "a*"]) recloser.breaker(key);
    recloser.breaker("own", { mode: "off" });
    const dashboard = shown(recloser);
    const refused = async (response: Promise<Response>): Promise<unknown> => {
      const { status, code } = (await (await response).json()) as { status: number; code: string };
      return [status, code];
    };
    expect(await refused(observe(dashboard, "a", { by: "ada" }))).toEqual([400, "bad-field"]);
    expect(await refused(observe(dashboard, "a", { ...WHY, forMs: 1 }))).toEqual([400, "bad-field"]);
    expect(await refused(observe(dashboard, "a*"))).toEqual([409, "glob-in-name"]);
    expect(await refused(observe(dashboard, "own"))).toEqual([409, "own-option"]);
    const { breaker } = await asked<{ breaker: BreakerView }>(dashboard, "breakers/a");
    await observe(dashboard, "a", WHY, `"${breaker.version}"`);
    expect(await refused(observe(dashboard, "a", WHY, `"${breaker.version}"`))).toEqual([412, "changed-meanwhile"]);
    expect((await observe(shown(recloser, false), "a")).status).toBe(405);
    const forged = { method: "POST", headers: { "content-type": "application/json", "if-match": "*" }, body: "{}" };
    expect((await dashboard(new Request("http://localhost/api/v1/breakers/a/observe", forged))).status).toBe(403);
  });
});

test("Every value of a policy is shown with where it comes from", async () => {
  const recloser = createRecloser({ defaults: { failureRate: 0.4, classify: () => undefined } });
  recloser.breaker("a", { minimumCalls: 7 });
  const place = policiesOf(recloser) as PolicyPlace;
  const options = { minimumCalls: 50, "cooldown.max": "2m" };
  await changePolicy(place, { type: "set", pattern: "a*", options, by: "ann", reason: "noise" });
  const found = await asked<{ isCodeKnown: boolean; options: PolicyOptionView[] }>(
    shown(recloser),
    "breakers/a/policy",
  );
  expect(found.isCodeKnown).toBe(true);
  const rows = Object.fromEntries(found.options.map((row) => [row.option, row]));
  expect(rows["window"]).toMatchObject({ value: "30s", from: "default", fleet: null });
  expect(rows["failureRate"]).toMatchObject({ value: 0.4, from: "code" });
  expect(rows["classify"]).toMatchObject({ value: "(a function)", from: "code" });
  expect(rows["cooldown.max"]).toMatchObject({ value: "2m", from: "fleet", fleet: { pattern: "a*", by: "ann" } });
  expect(rows["minimumCalls"]).toMatchObject({ value: 7, from: "own", fleet: { value: 50 } });
});
