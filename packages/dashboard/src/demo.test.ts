import { createRecloser, InvalidOptionError } from "recloser";
import { expect, onTestFinished, test } from "vitest";
import { stillDemonstration } from "../../../tests/support/still-demonstration.ts";
import { createDashboard, type Dashboard } from "./dashboard.ts";
import type { DashboardOptions } from "./options.ts";

const WRITE = { "content-type": "application/json", "recloser-csrf": "1" };

function dashboardWith(options: Partial<DashboardOptions>): Dashboard {
  const dashboard = createDashboard({ recloser: createRecloser(), ...options });
  onTestFinished(() => dashboard.close());
  return dashboard;
}

function turn(
  dashboard: Dashboard,
  wish: object,
  headers: Readonly<Record<string, string>> = WRITE,
): Promise<Response> {
  return dashboard(
    new Request("http://localhost/api/v1/demo", { method: "POST", headers, body: JSON.stringify(wish) }),
  );
}

async function firstMessage(dashboard: Dashboard): Promise<string> {
  const leaving = new AbortController();
  const { body } = await dashboard(new Request("http://localhost/api/v1/stream", { signal: leaving.signal }));
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const { value } = await reader.read();
  await reader.cancel();
  return new TextDecoder().decode(value);
}

test("a page is told of a demonstration where there is one, and that there is none elsewhere", async () => {
  expect(await firstMessage(dashboardWith({ demo: stillDemonstration() }))).toContain('"says":"answers every call');
  const without = dashboardWith({});
  expect(await firstMessage(without)).toContain('"demo":null');
  expect((await without(new Request("http://localhost/api/v1/demo"))).status).toBe(404);
});

test("a switch is turned, the rate is changed, and the answer says how it is now", async () => {
  const demo = stillDemonstration();
  const dashboard = dashboardWith({ demo, allowActions: true });
  const answer = await turn(dashboard, { switch: "503", callsPerSecond: 20 });
  expect(await answer.json()).toMatchObject({ demo: { now: { on: "503", callsPerSecond: 20 } } });
  expect(demo.wishes).toEqual([{ switch: "503", callsPerSecond: 20 }]);
});

test.each([
  [{ switch: "burns" }, "switch: expected one of healthy, 503"],
  [{ callsPerSecond: 41 }, "callsPerSecond: expected a whole number from 0 to 40"],
  [{ callsPerSecond: 1.5 }, "callsPerSecond: expected a whole number from 0 to 40"],
  [{ hasFallback: "yes" }, "hasFallback: expected true or false"],
  [{ fault: null }, "the body: expected some of switch, callsPerSecond, hasFallback"],
  [{}, "the body: expected some of switch, callsPerSecond, hasFallback"],
])("%j is refused by name, and nothing is turned", async (wish, detail) => {
  const demo = stillDemonstration();
  const answer = await turn(dashboardWith({ demo, allowActions: true }), wish);
  expect({ status: answer.status, ...((await answer.json()) as object) }).toMatchObject({ status: 400, detail });
  expect(demo.wishes).toEqual([]);
});

test("it is as guarded as the other actions", async () => {
  const demo = stillDemonstration();
  const open = dashboardWith({ demo, allowActions: true });
  const statuses = [
    await turn(dashboardWith({ demo }), { switch: "503" }),
    await turn(open, { switch: "503" }, { "content-type": "application/json" }),
    await turn(open, { switch: "503" }, { ...WRITE, origin: "https://elsewhere.example" }),
    await turn(open, { switch: "503" }, { ...WRITE, host: "rebound.example" }),
    await turn(open, { switch: "503" }, { ...WRITE, "content-type": "text/plain" }),
  ].map(({ status }) => status);
  expect(statuses).toEqual([405, 403, 403, 421, 415]);
  expect(demo.wishes).toEqual([]);
});

test("what is no demonstration is refused at once", () => {
  expect(() => dashboardWith({ demo: {} as never })).toThrow(InvalidOptionError);
});
