import { createRecloser, InvalidOptionError, memoryStore, type Recloser } from "recloser";
import { describe, expect, onTestFinished, test } from "vitest";
import { createDashboard, type Dashboard } from "./dashboard.ts";
import type { DashboardOptions } from "./options.ts";

const VIEWER = "viewer-token-0123456789";
const OPERATOR = "operator-token-0123456789";
const WRITE = { "content-type": "application/json", "recloser-csrf": "1", "if-match": "*" };
const HOLD = JSON.stringify({ mode: "force-open", reason: "maintenance", by: "ada" });

function shown(
  options: Omit<DashboardOptions, "recloser" | "store"> = {},
  recloser: Recloser = createRecloser(),
): { readonly dashboard: Dashboard; readonly recloser: Recloser } {
  const dashboard = createDashboard({ recloser, ...options });
  onTestFinished(() => dashboard.close());
  recloser.breaker("openai");
  return { dashboard, recloser };
}

function hold(dashboard: Dashboard, headers: Record<string, string> = {}, body: string = HOLD): Promise<Response> {
  const url = "http://localhost/api/v1/breakers/openai/override";
  return dashboard(new Request(url, { method: "POST", headers: { ...WRITE, ...headers }, body }));
}

async function codeOf(response: Response): Promise<string> {
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return ((await response.json()) as { code: string }).code;
}

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
}

describe("who is answered", () => {
  test.each(["localhost", "localhost:8788", "127.0.0.1:1", "[::1]:8788"])("%s is this machine", async (host) => {
    const { dashboard } = shown();
    expect((await dashboard(new Request(`http://${host}/api/v1/breakers`))).status).toBe(200);
  });

  test.each(["evil.example", "localhost.evil.example", "10.0.0.5:8788", "127.0.0.1.evil.example"])(
    "%s is not, though it may point here",
    async (host) => {
      const { dashboard } = shown();
      const response = await dashboard(new Request(`http://${host}/api/v1/breakers`));
      expect([response.status, await codeOf(response)]).toEqual([421, "unknown-host"]);
      const renamed = new Request("http://localhost/api/v1/breakers", { headers: { host } });
      expect((await dashboard(renamed)).status).toBe(421);
    },
  );

  test("another machine is refused without tokens, by its address or by what passed it on", async () => {
    const { dashboard } = shown();
    const request = (headers = {}): Request => new Request("http://localhost/api/v1/breakers", { headers });
    expect((await dashboard(request(), { remoteAddress: "127.0.0.1" })).status).toBe(200);
    expect((await dashboard(request(), { remoteAddress: "::ffff:127.0.0.1" })).status).toBe(200);
    for (const remoteAddress of ["10.0.0.5", "::ffff:10.0.0.5", "fe80::1", "127.evil"])
      expect((await dashboard(request(), { remoteAddress })).status).toBe(403);
    for (const name of ["x-forwarded-for", "forwarded", "x-real-ip"])
      expect((await dashboard(request({ [name]: "1.2.3.4" }))).status).toBe(403);
  });

  test("with tokens, whoever has one: the viewer's looks, the operator's acts", async () => {
    const { dashboard } = shown({
      tokens: { viewer: VIEWER, operator: OPERATOR },
      hosts: ["ops.example.com"],
      allowActions: true,
    });
    const look = (headers = {}): Promise<Response> =>
      dashboard(new Request("http://ops.example.com/api/v1/config", { headers }), { remoteAddress: "10.0.0.5" });
    const none = await look();
    expect([none.status, none.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect((await look({ authorization: "Bearer wrong-token-0123456789" })).status).toBe(401);
    expect(await (await look({ authorization: `Bearer ${VIEWER}` })).json()).toMatchObject({ role: "viewer" });
    expect(await (await look({ authorization: `bearer ${OPERATOR}` })).json()).toMatchObject({ role: "operator" });
    const refused = await hold(dashboard, { authorization: `Bearer ${VIEWER}` });
    expect([refused.status, await codeOf(refused)]).toEqual([403, "operator-needed"]);
    expect((await hold(dashboard, { authorization: `Bearer ${OPERATOR}` })).status).toBe(200);
  });

  test("the page itself needs no token: it has nothing to hide", async () => {
    const { dashboard } = shown({ tokens: { operator: OPERATOR } });
    expect((await dashboard(new Request("http://localhost/api/v1/breakers"))).status).toBe(401);
    expect((await dashboard(new Request("http://localhost/nothing"))).status).toBe(404);
  });
});

describe("a write", () => {
  test("is 405 on a dashboard that only shows, whoever asks, and changes nothing", async () => {
    const { dashboard, recloser } = shown({ tokens: { operator: OPERATOR } });
    const response = await hold(dashboard, { authorization: `Bearer ${OPERATOR}` });
    expect([response.status, response.headers.get("allow"), await codeOf(response)]).toEqual([
      405,
      "GET, HEAD",
      "read-only",
    ]);
    expect(recloser.breaker("openai").snapshot().override).toBeNull();
  });

  test.each([
    ["from a page of another site", { origin: "https://evil.example" }, 403, "foreign-origin"],
    ["from a page that hides where it is", { origin: "null" }, 403, "foreign-origin"],
    ["from the same host on another port", { origin: "http://localhost:1" }, 403, "foreign-origin"],
    ["as a form", { "content-type": "text/plain" }, 415, "json-needed"],
    ["about a version that is gone", { "if-match": '"7-open"' }, 412, "changed-meanwhile"],
  ])("%s is refused", async (_, headers, status, code) => {
    const { dashboard, recloser } = shown({ allowActions: true });
    const response = await hold(dashboard, headers);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(recloser.breaker("openai").snapshot().override).toBeNull();
  });

  test.each([
    ["recloser-csrf", 403, "csrf-header-needed"],
    ["if-match", 428, "version-needed"],
  ])("without %s is refused", async (name, status, code) => {
    const { dashboard } = shown({ allowActions: true });
    const headers = new Headers(WRITE);
    headers.delete(name);
    const url = "http://localhost/api/v1/breakers/openai/override";
    const response = await dashboard(new Request(url, { method: "POST", headers, body: HOLD }));
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
  });

  test.each([
    ["not JSON", "{", 400, "no-json"],
    ["a list", "[]", 400, "no-object"],
    ["without a reason", JSON.stringify({ mode: "force-open" }), 400, "bad-field"],
    ["with a blank reason", JSON.stringify({ mode: "force-open", reason: " \u0000 " }), 400, "bad-field"],
    ["of another mode", JSON.stringify({ mode: "open", reason: "x" }), 400, "bad-field"],
    ["for a second too few", JSON.stringify({ mode: "force-open", reason: "x", forMs: 999 }), 400, "bad-field"],
    ["with a field of another name", JSON.stringify({ mode: "force-open", reason: "x", for: 1 }), 400, "bad-field"],
    ["too long", JSON.stringify({ mode: "force-open", reason: "x".repeat(20_000) }), 413, "body-too-large"],
  ])("whose body is %s is refused", async (_, body, status, code) => {
    const { dashboard, recloser } = shown({ allowActions: true });
    const response = await hold(dashboard, {}, body);
    expect([response.status, await codeOf(response)]).toEqual([status, code]);
    expect(recloser.breaker("openai").snapshot().override).toBeNull();
  });

  test("holds for half an hour unless it says another time, and tells the version it has made", async () => {
    const { dashboard, recloser } = shown({ allowActions: true });
    const response = await hold(dashboard);
    const { override } = recloser.breaker("openai").snapshot();
    expect(override).toMatchObject({ mode: "force-open", by: "ada", reason: "maintenance" });
    expect((override?.untilMs ?? 0) - (override?.sinceMs ?? 0)).toBeCloseTo(1_800_000, -2);
    const etag = response.headers.get("etag") as string;
    expect((await hold(dashboard, { "if-match": '"0-closed"' })).status).toBe(412);
    expect((await hold(dashboard, { "if-match": `"0-closed", ${etag}` })).status).toBe(200);
  });

  test("is by whom the server knows, over what the page says", async () => {
    const { dashboard, recloser } = shown({
      allowActions: true,
      actor: (request) => request.headers.get("x-auth-user"),
    });
    await hold(dashboard, { "x-auth-user": "grace\u00a0<script>" });
    expect(recloser.breaker("openai").snapshot().override?.by).toBe("grace\u00a0<script>");
  });

  test("takes from its texts what could turn or break a line", async () => {
    const { dashboard, recloser } = shown({ allowActions: true });
    await hold(dashboard, {}, JSON.stringify({ mode: "force-open", reason: "a\u202eb\nc\u0007", by: "x" }));
    expect(recloser.breaker("openai").snapshot().override?.reason).toBe("a b c");
  });

  test("ends a hold, resets and probes; each is in the audit with who did it", async () => {
    const { dashboard } = shown({ allowActions: true });
    await hold(dashboard);
    const act = async (method: string, part: string): Promise<number> =>
      (
        await dashboard(
          new Request(`http://localhost/api/v1/breakers/openai/${part}`, {
            method,
            headers: WRITE,
            body: JSON.stringify({ by: "ada" }),
          }),
        )
      ).status;
    expect(await act("DELETE", "override")).toBe(200);
    expect(await act("POST", "reset")).toBe(200);
    expect(await act("POST", "probe")).toBe(200);
    const audit = await dashboard(new Request("http://localhost/api/v1/audit"));
    const { events } = (await audit.json()) as { events: { action: string; by: string }[] };
    expect(events.map(({ action, by }) => `${action} ${by}`)).toEqual(["force-open ada", "clear ada", "reset ada"]);
  });
});

describe("paths", () => {
  test("are below the base path only, and the page is at its slash", async () => {
    const { dashboard } = shown({ basePath: "/admin/breakers/" });
    const get = async (path: string): Promise<Response> => dashboard(new Request(`http://localhost${path}`));
    const redirect = await get("/admin/breakers");
    expect([redirect.status, redirect.headers.get("location")]).toEqual([308, "/admin/breakers/"]);
    expect((await get("/admin/breakers/api/v1/breakers")).status).toBe(200);
    for (const other of ["/", "/api/v1/breakers", "/admin/breakersapi/v1/breakers", "/admin"])
      expect((await get(other)).status).toBe(404);
  });

  test.each(["a/b", "ä%", "<img src=x onerror=alert(1)>", "../../etc", "openai:gpt-5", "x?y#z"])(
    "find a breaker that is called %s",
    async (name) => {
      const { dashboard, recloser } = shown();
      recloser.breaker(name);
      const response = await dashboard(new Request(`http://localhost/api/v1/breakers/${encodeURIComponent(name)}`));
      expect(await response.json()).toMatchObject({ breaker: { key: name } });
    },
  );

  test.each([
    ["/api/v1/breakers/%E0%A4%A", 400],
    ["/api/v1/nothing", 404],
    ["/..%2f..%2fpackage.json", 404],
    ["/index.html%00", 404],
  ])("%s is %i", async (path, status) => {
    const { dashboard } = shown();
    expect((await dashboard(new Request(`http://localhost${path}`))).status).toBe(status);
  });

  test("take the methods they take, and say which", async () => {
    const { dashboard } = shown({ allowActions: true });
    const wrong = await dashboard(
      new Request("http://localhost/api/v1/breakers", { method: "POST", headers: WRITE, body: "{}" }),
    );
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET"]);
    const head = await dashboard(new Request("http://localhost/api/v1/breakers", { method: "HEAD" }));
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });
});

describe("options that are wrong", () => {
  test.each([
    [{}, "options"],
    [{ recloser: createRecloser(), store: {} }, "options"],
    [{ recloser: {} }, "recloser"],
    [{ store: memoryStore() }, "store"],
    [{ recloser: createRecloser(), basePath: "admin" }, "basePath"],
    [{ recloser: createRecloser(), readOnly: true }, "readOnly"],
    [{ recloser: createRecloser(), tokens: { operator: "short" } }, "tokens.operator"],
    [{ recloser: createRecloser(), hosts: ["ops.example.com"] }, "tokens"],
    [{ recloser: createRecloser(), hosts: ["ops.example.com:80"], tokens: { viewer: VIEWER } }, "hosts"],
  ])("%o", (options, named) => {
    const error = thrownBy(() => createDashboard(options as unknown as DashboardOptions));
    expect(InvalidOptionError.is(error) && error.option).toBe(named);
    expect(String(error)).not.toContain("short");
  });
});

describe("a breaker whose key has a credential", () => {
  test("shows what happened to the records it is judged by, whose names are others", async () => {
    const recloser = createRecloser({ defaults: { consecutiveFailures: 3, minimumCalls: 3 } });
    const { dashboard } = shown({}, recloser);
    const breaker = recloser.breaker({ provider: "openai", model: "gpt-5", credential: "main" });
    const down = Object.assign(new Error("down"), { status: 503 });
    for (let n = 0; n < 18; n++) await breaker.execute(() => Promise.reject(down)).catch(() => {});
    expect(breaker.state).toBe("open");

    const url = `http://localhost/api/v1/breakers/${encodeURIComponent(breaker.name)}/history`;
    const { events } = (await (await dashboard(new Request(url))).json()) as { events: readonly { key: string }[] };
    expect(events.map(({ key }) => key)).toContain("openai:gpt-5");
  });
});
