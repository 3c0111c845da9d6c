/** What a provider gets of a request, and a caller of an answer: byte for byte, without what belongs to somebody else. */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { TargetConfig } from "../../packages/gateway/src/config/config.ts";
import { gatewayConfig, type Given, route, target } from "../support/gateway-config.ts";
import { plainServer, type PlainServer } from "../support/plain-server.ts";
import { post, type RawAnswer, sendRaw } from "../support/raw-http.ts";
import { startGateway } from "../support/running-gateway.ts";

const PATH = "/v1/chat/completions";
const ANSWER = '{"choices":[{"message":{"content":"hi"},"finish_reason":"stop"}],"big":12345678901234567890}';
const ask = { model: "gpt-5", messages: [] };

const good = (headers: Readonly<Record<string, string>> = {}): Promise<PlainServer> =>
  plainServer((response) => {
    response.writeHead(200, { "content-type": "application/json", ...headers });
    response.end(ANSWER);
  });

async function forwarded(
  request: string,
  other: Partial<TargetConfig> = {},
  given: Partial<Given> = {},
): Promise<PlainServer["received"][number] & { readonly answer: RawAnswer }> {
  const server = await good();
  const one = target("openai", `${server.url}/base/v1`, other);
  const format = one.format;
  const config = gatewayConfig({ targets: [one], routes: [route("main", ["openai"], { format })], ...given });
  await using gateway = await startGateway(config);
  const answer = await sendRaw(gateway.url, request);
  const [received] = server.received;
  if (received === undefined) throw new Error(`nothing arrived: ${answer.text}`);
  return { ...received, answer };
}

describe("The body", () => {
  test("arrives byte for byte, as does the answer", async () => {
    const body = '{ "model":"gpt-5",  "seed": 12345678901234567890, "text":"\\u00e9 é 😀", "n": 1.0 }\n';
    const { body: arrived, answer, path } = await forwarded(post(PATH, body));
    expect([arrived.toString(), answer.body, path]).toEqual([body, ANSWER, "/base/v1/chat/completions"]);
  });

  test("of many megabytes arrives whole", async () => {
    const body = JSON.stringify({ model: "gpt-5", image: "A".repeat(20_000_000) });
    const { body: arrived } = await forwarded(post(PATH, body));
    expect(createHash("sha256").update(arrived).digest("hex")).toBe(createHash("sha256").update(body).digest("hex"));
  });

  test("is changed where the target asks for it, and nowhere else", async () => {
    const body = '{"model":"gpt-5","max_tokens":7,"seed":12345678901234567890,"user":"u"}';
    const { body: arrived, answer } = await forwarded(post(PATH, body), {
      models: { "gpt-*": "deployed" },
      body: { set: { store: false }, remove: ["user"], rename: { max_tokens: "max_completion_tokens" } },
    });
    expect(arrived.toString()).toBe(
      '{"max_completion_tokens":7,"seed":12345678901234567890,"model":"deployed","store":false}',
    );
    expect(answer.headers["x-recloser-model"]).toBe("deployed");
  });

  test("that is no JSON passes on other paths", async () => {
    const body = "--x\r\ncontent\r\n--x--";
    const headers = { "content-type": "multipart/form-data; boundary=x" };
    const { body: arrived, headers: got } = await forwarded(post("/v1/audio/transcriptions", body, headers));
    expect([arrived.toString(), got["content-type"]]).toEqual([body, headers["content-type"]]);
  });
});

describe("The path and the query", () => {
  test("are built from the target's template", async () => {
    const { path } = await forwarded(post(`${PATH}?x=1&key=callers`, ask), {
      models: { "gpt-5": "dep 5" },
      path: "/openai/deployments/{model}{path}",
      query: { "api-version": "2024-10-21" },
    });
    expect(path).toBe("/base/v1/openai/deployments/dep%205/chat/completions?x=1&api-version=2024-10-21");
  });

  test("carry Gemini's model and keep its query, but not the key", async () => {
    const { path } = await forwarded(post("/v1beta/models/g:streamGenerateContent?alt=sse&key=callers", {}), {
      format: "gemini",
      models: { g: "tuned" },
      auth: { kind: "query", name: "key", value: "targets" },
    });
    expect(path).toBe("/base/v1/v1beta/models/tuned:streamGenerateContent?alt=sse&key=targets");
  });

  test("of a route that was named leave its name out", async () => {
    expect((await forwarded(post(`/r/main${PATH}`, ask))).path).toBe("/base/v1/chat/completions");
  });
});

const SECRETS = {
  authorization: "Bearer callers-1",
  "x-api-key": "callers-2",
  "x-goog-api-key": "callers-3",
  "api-key": "callers-4",
  cookie: "session=callers-5",
  "proxy-authorization": "Basic callers-6",
  "x-auth-token": "callers-7",
  "helicone-auth": "callers-8",
  "x-amz-security-token": "callers-9",
} as const;

describe("The headers of a request", () => {
  test("keep what the provider needs", async () => {
    const { headers } = await forwarded(
      post(PATH, ask, {
        "user-agent": "OpenAI/JS",
        "openai-beta": "x=1",
        "idempotency-key": "i",
        "x-stainless-lang": "js",
      }),
    );
    expect(headers).toMatchObject({
      authorization: "Bearer secret-of-openai",
      "user-agent": "OpenAI/JS",
      "openai-beta": "x=1",
      "idempotency-key": "i",
      "x-stainless-lang": "js",
      "accept-encoding": "identity",
      "content-type": "application/json",
      "x-request-id": expect.stringMatching(/^[\w-]+$/),
    });
  });

  const KINDS: readonly TargetConfig["auth"][] = [
    { kind: "bearer", token: "targets" },
    { kind: "header", name: "X-Api-Key", value: "targets" },
    { kind: "query", name: "key", value: "targets" },
    { kind: "none" },
  ];
  test.each(KINDS)("carry no credential of the caller's (target: $kind)", async (auth) => {
    const received = await forwarded(post(`${PATH}?key=callers-0&api_key=callers-00`, ask, SECRETS), { auth });
    expect(JSON.stringify([received.headers, received.path])).not.toContain("callers");
    expect(JSON.stringify([received.headers, received.path]).includes("targets")).toBe(auth.kind !== "none");
  });

  test("carry the caller's own key where the target says so, and that alone", async () => {
    const { headers } = await forwarded(post(PATH, ask, SECRETS), { auth: { kind: "caller" } });
    // What stands beside it in another format's header is another provider's.
    expect(headers).toMatchObject({ authorization: "Bearer callers-1" });
    expect(JSON.stringify(headers)).not.toMatch(/callers-[25-9]/);
  });

  test("say nothing of the way, and obey `connection`", async () => {
    const { headers } = await forwarded(
      post(PATH, ask, {
        "x-forwarded-for": "1.2.3.4",
        forwarded: "for=1.2.3.4",
        via: "1.1 proxy",
        te: "trailers",
        "x-recloser-no-failover": "1",
        connection: "close, x-hop",
        "x-hop": "1",
      }),
    );
    for (const name of ["x-forwarded-for", "forwarded", "via", "te", "x-recloser-no-failover", "x-hop"]) {
      expect(headers, name).not.toHaveProperty(name);
    }
  });

  test("of a vendor go to that vendor", async () => {
    const vendors = { "openai-organization": "o", "anthropic-beta": "a", "x-goog-user-project": "g" };
    const of = async (provider: string): Promise<object> =>
      (await forwarded(post(PATH, ask, vendors), { provider })).headers;
    expect(await of("openai")).toMatchObject({ "openai-organization": "o" });
    expect(await of("openai")).not.toHaveProperty("anthropic-beta");
    expect(await of("groq")).not.toHaveProperty("openai-organization");
    expect(await of("gemini")).toHaveProperty("x-goog-user-project");
  });

  test("are set and removed as the target says", async () => {
    const { headers } = await forwarded(post(PATH, ask, { "x-mine": "1" }), {
      headers: { set: { "HTTP-Referer": "https://app.test" }, remove: ["X-Mine"] },
    });
    expect(headers).toMatchObject({ "http-referer": "https://app.test" });
    expect(headers).not.toHaveProperty("x-mine");
  });
});

describe("The headers of an answer", () => {
  test("keep what the caller needs, without what speaks of another host or connection", async () => {
    const server = await good({
      "x-ratelimit-remaining-requests": "9",
      "set-cookie": "a=b",
      "strict-transport-security": "max-age=1",
      "alt-svc": "h3",
      connection: "keep-alive, x-hop",
      "x-hop": "1",
      "x-recloser-target": "forged",
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const { headers } = await sendRaw(gateway.url, post(PATH, ask));
    expect(headers).toMatchObject({ "x-ratelimit-remaining-requests": "9", "x-recloser-target": "one" });
    for (const name of ["set-cookie", "strict-transport-security", "alt-svc", "x-hop"]) {
      expect(headers, name).not.toHaveProperty(name);
    }
  });
});

describe("An answer in an encoding", () => {
  const gzipped = (): Promise<PlainServer> =>
    plainServer((response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" });
      response.end(gzipSync(ANSWER));
    });

  test("passes to a caller who can read it", async () => {
    const server = await gzipped();
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const response = await fetch(`${gateway.url}${PATH}`, {
      method: "POST",
      body: JSON.stringify(ask),
      headers: { "content-type": "application/json" },
    });
    expect(await response.text()).toBe(ANSWER);
  });

  test("is a failure for one who cannot", async () => {
    const [server, other] = [await gzipped(), await good()];
    const targets = [target("one", server.url), target("two", other.url)];
    await using gateway = await startGateway(gatewayConfig({ targets }));
    expect((await sendRaw(gateway.url, post(PATH, ask))).headers["x-recloser-failover"]).toBe("one=server-error");
  });
});

test.each([301, 302, 307, 308])("A %i is not followed, and its place is not told", async (status) => {
  const elsewhere = await good();
  const server = await plainServer((response) => void response.writeHead(status, { location: elsewhere.url }).end());
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const answer = await sendRaw(gateway.url, post(PATH, ask));
  expect([answer.status, elsewhere.received]).toEqual([502, []]);
  expect(answer.text).not.toContain(elsewhere.host);
});

test("A target inside the network is not connected to unless it says so", async () => {
  const server = await good();
  const targets = [target("one", server.url, { allowPrivate: false })];
  await using gateway = await startGateway(gatewayConfig({ targets }));
  expect((await sendRaw(gateway.url, post(PATH, ask))).status).toBe(502);
  expect(server.received).toEqual([]);
});

test("An error body longer than is read of it arrives whole", async () => {
  const body = JSON.stringify({ error: { message: "x".repeat(500_000), type: "invalid_request_error" } });
  const server = await plainServer((response) => void response.writeHead(400).end(body));
  await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
  const response = await fetch(`${gateway.url}${PATH}`, { method: "POST", body: JSON.stringify(ask) });
  expect([response.status, await response.text()]).toEqual([400, body]);
});
