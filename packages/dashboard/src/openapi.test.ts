import { createRecloser } from "recloser";
import { manualClock } from "recloser/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { faults, type Schema } from "../../../tests/support/json-schema.ts";
import { stillDemonstration } from "../../../tests/support/still-demonstration.ts";
import openapi from "../openapi.json" with { type: "json" };
import { routesOf } from "./api/routes.ts";
import { createDashboard, type Dashboard } from "./dashboard.ts";
import { readOptions } from "./options.ts";
import { Scene } from "./scene.ts";

interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

const OPERATIONS = Object.entries(openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods as Readonly<Record<string, Operation>>).map(([method, operation]) => ({
    path,
    method: method.toUpperCase(),
    ...operation,
  })),
);
const NAMED = openapi.components.schemas as unknown as Readonly<Record<string, Schema>>;
const WRITE = { "content-type": "application/json", "recloser-csrf": "1", "if-match": "*" };

async function busyDashboard(allowActions = true): Promise<Dashboard> {
  const clock = manualClock({ startMs: 1_800_000_000_000 });
  const recloser = createRecloser({ clock, defaults: { failureRate: 0.5, minimumCalls: 2, cooldown: { jitter: 0 } } });
  const dashboard = createDashboard({ recloser, allowActions, clock, demo: stillDemonstration() });
  onTestFinished(() => dashboard.close());
  const fail = (status: number, headers = {}): Promise<never> =>
    Promise.reject(Object.assign(new Error("no"), { status, headers }));
  const ask = (key: string, call: () => Promise<unknown>): Promise<unknown> =>
    recloser
      .breaker(key)
      .execute(call)
      .catch(() => {});
  for (let at = 0; at < 4; at++) await ask("open", () => fail(503));
  await ask("held", () => fail(429, { "retry-after": "30" }));
  await ask("closed", () => Promise.resolve("ok"));
  await recloser.breaker("forced").forceOpen({ by: "ada", reason: "maintenance", for: "5m" });
  await clock.advance(6_000);
  await ask("open", () => fail(503)); // the probe
  return dashboard;
}

async function asked(dashboard: Dashboard, method: string, path: string, body: object = {}): Promise<Response> {
  const isWrite = method !== "GET";
  return dashboard(
    new Request(`http://localhost/api/v1${path}`, {
      method,
      ...(isWrite ? { headers: WRITE, body: JSON.stringify(body) } : {}),
    }),
  );
}

function schemaOf(operationId: string, response: Response): Schema {
  const operation = OPERATIONS.find((one) => one.operationId === operationId);
  const type = response.headers.get("content-type") ?? "";
  const found = operation?.responses[String(response.status)]?.content?.[type]?.schema;
  if (found === undefined) throw new Error(`openapi.json says nothing of ${operationId} ${response.status} ${type}`);
  return found;
}

describe("openapi.json and the handlers", () => {
  test("name the same operations", async () => {
    const scene = new Scene(readOptions({ recloser: createRecloser() }));
    onTestFinished(() => scene.close());
    const handled = routesOf(scene).map(({ method, path, operation }) => `${method} /${path} ${operation}`);
    const told = OPERATIONS.map(({ method, path, operationId }) => `${method} ${path} ${operationId}`);
    expect(told.toSorted()).toEqual(handled.toSorted());
  });

  const reads = OPERATIONS.filter(({ method, operationId }) => method === "GET" && operationId !== "stream");
  test.each(reads.map(({ operationId, path }) => [operationId, path] as const))(
    "%s answers as it says",
    async (operationId, path) => {
      const dashboard = await busyDashboard();
      for (const key of ["open", "held", "closed", "forced"]) {
        const response = await asked(dashboard, "GET", path.replace("{key}", key));
        expect(response.status).toBe(200);
        expect(faults(await response.json(), schemaOf(operationId, response), NAMED)).toEqual([]);
      }
    },
  );

  test("each write answers as it says, done or refused", async () => {
    const dashboard = await busyDashboard();
    const bodies: Readonly<Record<string, object>> = {
      holdBreaker: { mode: "force-closed", reason: "why", by: "ada" },
      observeBreaker: { reason: "why", by: "ada" },
      turnDemo: { switch: "503" },
    };
    for (const { operationId, method, path } of OPERATIONS.filter((one) => one.method !== "GET")) {
      const place = path.replace("{key}", "open");
      for (const response of [
        await asked(dashboard, method, place, bodies[operationId]),
        await asked(dashboard, method, place, { nonsense: 1 }),
        await asked(dashboard, method, path.replace("{key}", "nobody"), bodies[operationId]),
        await asked(await busyDashboard(false), method, place, bodies[operationId]),
      ])
        expect(faults(await response.json(), schemaOf(operationId, response), NAMED)).toEqual([]);
    }
  });

  test("what the events hold is every type there is", async () => {
    const dashboard = await busyDashboard();
    const { events } = (await (await asked(dashboard, "GET", "/events")).json()) as { events: { type: string }[] };
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(["transition", "hold", "override", "probe"]));
  });

  test("a value that differs is found", () => {
    const schema: Schema = { $ref: "Point" };
    expect(faults({ atMs: 1, calls: "2", failures: 0, more: 1 }, schema, NAMED)).toEqual([
      ".rejected is missing",
      ".calls is string, not number",
      ".more is not in the schema",
    ]);
  });
});
