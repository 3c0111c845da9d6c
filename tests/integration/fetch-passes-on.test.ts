import { createHash, randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { createRecloser } from "recloser";
import type { Breaker, Recloser } from "recloser";
import { createFetch } from "recloser/fetch";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { endsOf, many, until } from "../support/guarded-openai.ts";
import { plainServer } from "../support/plain-server.ts";

let recloser: Recloser;
let guarded: typeof fetch;

beforeEach(() => {
  recloser = createRecloser({ defaults: { failureThreshold: 3, failureRate: false, consecutiveFailures: false } });
  guarded = createFetch(recloser);
});
afterEach(() => recloser.close());

const breakerAt = (host: string): Breaker => recloser.breaker({ provider: host });
const hash = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

describe("A guarded fetch passes on, as they came,", () => {
  test("a request that stands in the place of the options, to another URL", async () => {
    const { url, received } = await plainServer();
    const asked = (): Request =>
      new Request("http://elsewhere.test/", { method: "POST", body: "hello", headers: { "x-a": "1" } });
    await fetch(url, asked());
    await guarded(url, asked());
    const [plain, through] = received.map(({ method, headers, body }) => [method, headers["x-a"], String(body)]);
    expect(through).toEqual(["POST", "1", "hello"]);
    expect(through).toEqual(plain);
  });

  test("options that are inherited, as those of an instance", async () => {
    const { url, received } = await plainServer();
    await guarded(url, Object.create({ method: "PUT", body: "hello" }) as RequestInit);
    expect([received[0]?.method, String(received[0]?.body)]).toEqual(["PUT", "hello"]);
  });

  test("the abort of a request of another implementation's", async () => {
    const { url } = await plainServer(() => {});
    const caller = new AbortController();
    const foreign = { url, method: "GET", headers: new Headers(), signal: caller.signal };
    const through = createFetch(recloser, { fetch: (input, init) => fetch((input as Request).url, init) });
    const asked = through(foreign as Request);
    caller.abort(new Error("left"));
    await expect(asked).rejects.toThrow("left");
  });

  test("a null for a signal, which takes away the request's own", async () => {
    const { url } = await plainServer();
    const caller = new AbortController();
    const asked = guarded(new Request(url, { signal: caller.signal }), { signal: null });
    caller.abort();
    expect((await asked).status).toBe(200);
  });

  test("status, its text, headers, url and the body", async () => {
    const { url, host } = await plainServer((response) => {
      response.writeHead(201, "Made", {
        "x-request-id": "r-1",
        "set-cookie": ["a=1", "b=2"],
        "content-type": "text/plain",
      });
      response.end("grüß dich");
    });
    const [plain, through] = await Promise.all([fetch(`${url}/a?b=c`), guarded(`${url}/a?b=c`)]);
    expect(through).toBeInstanceOf(Response);
    const shape = ({ status, statusText, ok, url: at, redirected, type, bodyUsed, headers }: Response): object => {
      const { date: _, ...rest } = Object.fromEntries(headers);
      return { status, statusText, ok, at, redirected, type, bodyUsed, cookies: headers.getSetCookie(), rest };
    };
    expect(shape(through)).toEqual(shape(plain));
    expect(through.url).toBe(`${url}/a?b=c`);
    expect(through.headers.get("x-request-id")).toBe("r-1");
    expect(await through.text()).toBe("grüß dich");
    expect(breakerAt(host).snapshot()).toMatchObject({ inFlight: 0, window: { calls: 1, successes: 1 } });
  });

  test("the url after a redirect", async () => {
    const { url } = await plainServer((response, { path }) => {
      if (path === "/from") response.writeHead(302, { location: "/to" });
      response.end("there");
    });
    const response = await guarded(`${url}/from`);
    expect({ url: response.url, redirected: response.redirected }).toEqual({ url: `${url}/to`, redirected: true });
    expect(await response.text()).toBe("there");
  });

  test("5 MB of body, byte for byte, and both halves of a clone", async () => {
    const bytes = randomBytes(5 * 1024 * 1024);
    const { url } = await plainServer((response) => void response.end(bytes));
    const response = await guarded(url);
    const twin = response.clone();
    const [one, two] = await Promise.all([response.arrayBuffer(), twin.arrayBuffer()]);
    expect(hash(new Uint8Array(one))).toBe(hash(bytes));
    expect(hash(new Uint8Array(two))).toBe(hash(bytes));
  });

  test("a body that was packed with gzip, unpacked once", async () => {
    const { url } = await plainServer((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(JSON.stringify({ packed: true })));
    });
    expect(await (await guarded(url)).json()).toEqual({ packed: true });
  });

  test.each([204, 205, 304])("a %i without a body", async (status) => {
    const { url, host } = await plainServer((response) => void response.writeHead(status, { "x-id": "1" }).end());
    const response = await guarded(url);
    expect({ status: response.status, id: response.headers.get("x-id"), text: await response.text() }).toEqual({
      status,
      id: "1",
      text: "",
    });
    expect(breakerAt(host).snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 0 } });
  });

  test("the answer to a HEAD, and an answer of length 0", async () => {
    const { url, host, received } = await plainServer((response) => {
      response.writeHead(200, { "x-id": "1", "content-length": "0" }).end();
    });
    for (const method of ["HEAD", "GET"]) {
      const response = await guarded(url, { method });
      expect(response.headers.get("x-id")).toBe("1");
      expect(await response.text()).toBe("");
    }
    expect(received.map(({ method }) => method)).toEqual(["HEAD", "GET"]);
    await until(() => breakerAt(host).snapshot().inFlight === 0, "both ended");
    expect(breakerAt(host).snapshot().window).toMatchObject({ successes: 2, failures: 0 });
  });

  test.each([400, 404, 429, 500, 503])("an error of %i, with its headers and all of its body", async (status) => {
    const body = JSON.stringify({ error: { message: "x".repeat(200_000) } }); // longer than what is looked at
    const { url } = await plainServer((response) => {
      response.writeHead(status, { "content-type": "application/json", "x-request-id": "r-2" }).end(body);
    });
    const response = await guarded(`${url}/path`);
    expect({ status: response.status, url: response.url, id: response.headers.get("x-request-id") }).toEqual({
      status,
      url: `${url}/path`,
      id: "r-2",
    });
    expect(await response.text()).toBe(body);
  });

  test("an error without a body", async () => {
    const { url, host } = await plainServer((response) => void response.writeHead(503).end());
    const response = await guarded(url);
    expect({ status: response.status, text: await response.text() }).toEqual({ status: 503, text: "" });
    expect(breakerAt(host).snapshot().window.failures).toBe(1);
  });

  test("what the network says, as fetch throws it", async () => {
    const error: unknown = await guarded("http://127.0.0.1:1/").catch((thrown: unknown) => thrown);
    const plain: unknown = await fetch("http://127.0.0.1:1/").catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect((error as Error).message).toBe((plain as Error).message);
    await expect(guarded("no url")).rejects.toBeInstanceOf(TypeError);
  });
});

describe("A guarded fetch sends, as they were given,", () => {
  test("method, headers and a text", async () => {
    const { url, received } = await plainServer();
    await guarded(new URL(`${url}/v1?x=1`), {
      method: "PUT",
      headers: { authorization: "Bearer secret", "content-type": "application/json" },
      body: '{"model":"m","n":1}',
    });
    expect(received).toMatchObject([
      {
        method: "PUT",
        path: "/v1?x=1",
        headers: { authorization: "Bearer secret", "content-type": "application/json" },
      },
    ]);
    expect(received[0]?.body.toString()).toBe('{"model":"m","n":1}');
  });

  test("a Request, whose body nobody has read before", async () => {
    const { url, received } = await plainServer();
    const request = new Request(`${url}/r`, { method: "POST", body: '{"model":"m"}', headers: { "x-mine": "1" } });
    expect((await guarded(request)).status).toBe(200);
    expect(received).toMatchObject([{ method: "POST", path: "/r", headers: { "x-mine": "1" } }]);
    expect(received[0]?.body.toString()).toBe('{"model":"m"}');
  });

  test("a Request with an init over it", async () => {
    const { url, received } = await plainServer();
    await guarded(new Request(url, { method: "POST", body: "a" }), {
      method: "PATCH",
      body: "b",
      headers: { "x-b": "1" },
    });
    expect(received).toMatchObject([{ method: "PATCH", headers: { "x-b": "1" } }]);
    expect(received[0]?.body.toString()).toBe("b");
  });

  test.each<[string, () => BodyInit]>([
    ["bytes", () => new TextEncoder().encode('{"model":"m"}')],
    ["a Blob", () => new Blob(['{"model":"m"}'])],
    ["a stream", () => new Blob(['{"model":"m"}']).stream()],
    ["URL parameters", () => new URLSearchParams({ model: "m" })],
  ])("%s, which it does not consume", async (_, made) => {
    const { url, received } = await plainServer();
    await guarded(url, { method: "POST", body: made(), duplex: "half" } as RequestInit);
    expect(decodeURIComponent(received[0]?.body.toString() ?? "")).toMatch(/^\{"model":"m"\}$|^model=m$/);
    // What it does not read, it knows no model of.
    expect([...recloser.breakers()].map(({ name }) => name)).toEqual([new URL(url).host.replace(":", "%3A")]);
  });

  test("a form with a file", async () => {
    const { url, received } = await plainServer();
    const form = new FormData();
    form.set("model", "whisper");
    form.set("file", new Blob([new Uint8Array(70_000)]), "speech.wav");
    await guarded(`${url}/v1/audio/transcriptions`, { method: "POST", body: form });
    expect(received[0]?.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    const sent = received[0]?.body.toString("latin1") ?? "";
    expect(sent).toContain('name="model"\r\n\r\nwhisper');
    expect(sent).toContain('filename="speech.wav"');
    expect(sent.length).toBeGreaterThan(70_000);
  });

  test("the signal of a Request, whose abort ends the call", async () => {
    const { url, host, received } = await plainServer(() => {}); // never answers
    const caller = new AbortController();
    const call = guarded(new Request(url, { signal: caller.signal }));
    call.catch(() => {});
    await until(() => received.length === 1, "arrival");
    caller.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    expect(breakerAt(host).snapshot()).toMatchObject({ inFlight: 0, window: { calls: 0 } });
  });
});

describe("A body that is read late, in part or never", () => {
  test("and breaks with nobody reading is one failure, and crashes nothing", async () => {
    const { url, host } = await plainServer((response) => {
      response.writeHead(200, { "content-length": "1000" });
      response.write("begun");
      setTimeout(() => response.destroy(), 20);
    });
    const response = await guarded(url);
    await new Promise((later) => setTimeout(later, 60));
    await expect(response.text()).rejects.toThrow(TypeError);
    expect(breakerAt(host).snapshot().window).toMatchObject({ calls: 1, successes: 0, failures: 1 });
  });

  test("has counted as a success when it began, and what is left of it is not sent", async () => {
    let left = false;
    const { url, host } = await plainServer((response) => {
      response.once("close", () => (left = true));
      response.writeHead(200);
      response.write("begun");
    });
    const response = await guarded(url);
    await until(() => breakerAt(host).snapshot().window.successes === 1, "success");
    await response.body?.cancel();
    expect(breakerAt(host).snapshot()).toMatchObject({ inFlight: 0, window: { successes: 1, failures: 0 } });
    await until(() => left, "the server hears of it", 1_000);
  });

  test("and is given up while the next piece is awaited is not sent either", async () => {
    let left = false;
    const { url } = await plainServer((response) => {
      response.once("close", () => (left = true));
      response.writeHead(200);
      response.write("begun");
    });
    const reader = (await guarded(url)).body?.getReader();
    await reader?.read();
    const next = reader?.read();
    await new Promise((later) => setTimeout(later, 20)); // now fetch itself waits for it, too
    await reader?.cancel();
    expect(await next).toMatchObject({ done: true });
    await until(() => left, "the server hears of it", 1_000);
  });

  test("is pulled no faster than it is read", async () => {
    let sent = 0;
    const { url } = await plainServer((response) => {
      const more = (): void => {
        while (sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write(Buffer.alloc(65_536))) return void response.once("drain", more);
        }
        response.end();
      };
      more();
    });
    const response = await guarded(url);
    await new Promise((later) => setTimeout(later, 150));
    expect(sent).toBeLessThan(32 * 1024 * 1024);
    await response.body?.cancel();
  });
});

test("200 requests at once each get their own answer", async () => {
  const { url, host } = await plainServer((response, { path }) => void response.end(path));
  const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
  expect(await Promise.all(paths.map(async (path) => (await guarded(url + path)).text()))).toEqual(paths);
  expect(breakerAt(host).snapshot()).toMatchObject({ inFlight: 0, window: { successes: 200 } });
  expect(await endsOf(many(1, () => guarded(url)))).toMatchObject({ answered: 1 });
});
