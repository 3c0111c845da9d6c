/** Whose key goes where: every way to send one, to every kind of target, also after a failover and after a redirect. */
import { createHash } from "node:crypto";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import type {
  ClientConfig,
  TargetAuth,
  TargetConfig,
  WireFormat,
} from "../../../packages/gateway/src/config/config.ts";
import { gatewayConfig, route, target } from "../../support/gateway-config.ts";
import { type PlainServer, plainServer } from "../../support/plain-server.ts";
import { post, sendRaw } from "../../support/raw-http.ts";
import { startGateway } from "../../support/running-gateway.ts";

// By each of these somebody sends a secret. `#` stands for it; a name is that of the header, or after `?` of the parameter.
const WAYS = [
  ["authorization", "Bearer #"],
  ["x-api-key", "#"],
  ["api-key", "#"],
  ["x-goog-api-key", "#"],
  ["proxy-authorization", "Basic #"],
  ["cookie", "session=#"],
  ["cookie2", "session=#"],
  ["set-cookie", "session=#"],
  ["openai-organization", "#"],
  ["openai-project", "#"],
  ["openai-api-key", "#"],
  ["anthropic-api-key", "#"],
  ["x-goog-user-project", "#"],
  ["x-amz-security-token", "#"],
  ["x-amzn-oidc-identity", "#"],
  ["x-ms-client-principal", "#"],
  ["ocp-apim-subscription-key", "#"],
  ["x-portkey-virtual-key", "#"],
  ["helicone-auth", "Bearer #"],
  ["cf-access-client-secret", "#"],
  ["cf-access-jwt-assertion", "#"],
  ["x-goog-iap-jwt-assertion", "#"],
  ["x-auth-token", "#"],
  ["x-access-token", "#"],
  ["x-vault-token", "#"],
  ["x-csrf-token", "#"],
  ["x-jwt", "#"],
  ["x-session-id", "#"],
  ["session_id", "#"],
  ["x_api_key", "#"],
  ["api_key", "#"],
  ["apikey", "#"],
  ["apikeys", "#"],
  ["x-secret", "#"],
  ["x-password", "#"],
  ["authentication", "#"],
  ["x-recloser-bypass-token", "#"],
  ["x-forwarded-authorization", "#"],
  ["x-original-url", "/?key=#"],
  ["forwarded", "for=#"],
  ["referer", "http://a.test/?key=#"],
  ["origin", "http://localhost"],
  ["x-client-ip", "#"],
  // Under names that say nothing, by what they look like.
  ["x-mine", "Bearer #"],
  ["x-mine-too", "sk-proj-#"],
  ["x-mine-as-well", "AIzaSyA-0000000000000000000000-#"],
  ["x-that-one", "eyJhbGciOiJI.eyJzdWIiOiIx.#"],
  ["?key", "#"],
  ["?%6bey", "#"],
  ["?api_key", "#"],
  ["?api-key", "#"],
  ["?apiKey", "#"],
  ["?x-api-key", "#"],
  ["?access_token", "#"],
  ["?token", "#"],
  ["?sig", "#"],
  ["?client_secret", "#"],
  ["?subscription-key", "#"],
  ["?a", "b;key=#"],
  ["?other", "sk-proj-#"],
] as const;

const marker = (at: number): string => `canary${String(at).padStart(3, "0")}canarycanary`;
const filled = (at: number): string => (WAYS[at]?.[1] ?? "").replace("#", marker(at));

/** A request with a secret in every way at once. */
function askWithAll(format: WireFormat): string {
  const isParameter = (name: string): boolean => name.startsWith("?");
  const named = WAYS.map(([name], at) => [name, filled(at)] as const);
  const headers = Object.fromEntries(named.filter(([name]) => !isParameter(name)));
  const query = named.filter(([name]) => isParameter(name)).map(([name, value]) => `${name.slice(1)}=${value}`);
  return post(`${PATHS[format]}?${query.join("&")}&alt=json`, { model: "m" }, headers);
}

const PATHS: Readonly<Record<WireFormat, string>> = {
  openai: "/v1/chat/completions",
  anthropic: "/v1/messages",
  gemini: "/v1beta/models/m:generateContent",
};

/** By which ways a secret of the caller's has come to a provider. */
function leaked(server: PlainServer): readonly string[] {
  const seen = inspect(
    server.received.map((one) => ({ ...one, body: one.body.toString() })),
    { depth: 9 },
  );
  return WAYS.filter((_way, at) => seen.includes(marker(at))).map(([name]) => name);
}

const AUTHS: readonly (readonly [string, TargetAuth])[] = [
  ["bearer", { kind: "bearer", token: "own-secret-of-one" }],
  ["header", { kind: "header", name: "X-Api-Key", value: "own-secret-of-one" }],
  ["query", { kind: "query", name: "key", value: "own-secret-of-one" }],
  ["caller", { kind: "caller" }],
  ["none", { kind: "none" }],
];
const CALLERS: Readonly<Record<WireFormat, readonly string[]>> = {
  openai: ["authorization", "api-key"],
  anthropic: ["authorization", "x-api-key"],
  gemini: ["authorization", "x-goog-api-key", "?key"],
};
const FAMILIES: Readonly<Record<string, readonly string[]>> = {
  openai: ["openai-organization", "openai-project"],
  gemini: ["x-goog-user-project"],
  "azure-openai": ["openai-organization", "openai-project", "x-ms-client-principal"],
};

const CASES = (["openai", "anthropic", "gemini"] as const).flatMap((format) =>
  [format, "azure-openai", "groq"].flatMap((provider) =>
    AUTHS.map(([kind, auth]) => [format, provider, kind, auth] as const),
  ),
);

function targetAt(format: WireFormat, server: PlainServer, other: Partial<TargetConfig>, name = "one"): TargetConfig {
  return target(name, server.url, { format, ...other });
}

describe("Of a caller's secrets", () => {
  test.each(CASES)(
    "a target of the %s format by %s with auth %s gets its own",
    async (format, provider, kind, auth) => {
      const server = await plainServer();
      const targets = [targetAt(format, server, { provider, auth })];
      await using gateway = await startGateway(
        gatewayConfig({ targets, routes: [route("main", ["one"], { format })] }),
      );
      expect((await sendRaw(gateway.url, askWithAll(format))).status).toBe(200);
      const allowed = [...(kind === "caller" ? CALLERS[format] : []), ...(FAMILIES[provider] ?? [])];
      expect(leaked(server).toSorted()).toEqual(allowed.toSorted());
      const [received] = server.received;
      expect(inspect(received).includes("own-secret-of-one")).toBe(kind !== "caller" && kind !== "none");
      expect(received?.path).toContain("alt=json");
    },
  );

  test.each(AUTHS)(
    "none goes to the next target after one with auth %s, nor does that one's own",
    async (_kind, auth) => {
      const [first, second] = [
        await plainServer((response) => void response.writeHead(503).end()),
        await plainServer(),
      ];
      const own: TargetAuth = { kind: "bearer", token: "own-secret-of-two" };
      const targets = [
        targetAt("openai", first, { auth, provider: "openai" }),
        targetAt("openai", second, { auth: own }, "two"),
      ];
      await using gateway = await startGateway(gatewayConfig({ targets }));
      expect((await sendRaw(gateway.url, askWithAll("openai"))).headers["x-recloser-target"]).toBe("two");
      expect(leaked(second)).toEqual([]);
      expect(inspect(second.received, { depth: 9 })).not.toContain("own-secret-of-one");
      expect(inspect(first.received, { depth: 9 })).not.toContain("own-secret-of-two");
    },
  );

  test.each([301, 302, 303, 307, 308])("none follows a %i, nor does the target's own", async (status) => {
    const elsewhere = await plainServer();
    const first = await plainServer((response) => {
      response.writeHead(status, {
        location: elsewhere.url,
        "content-location": elsewhere.url,
        refresh: `0;${elsewhere.url}`,
      });
      response.end(`moved to ${elsewhere.url}`);
    });
    await using gateway = await startGateway(
      gatewayConfig({ targets: [targetAt("openai", first, { auth: { kind: "caller" } })] }),
    );
    const { text } = await sendRaw(gateway.url, askWithAll("openai"));
    expect([text.slice(9, 12), text.includes(elsewhere.host), elsewhere.received]).toEqual(["502", false, []]);
  });
});

describe("A key of the gateway's own", () => {
  const client = (id: string): ClientConfig => ({
    id,
    keySha256: createHash("sha256").update(`key-of-${id}`).digest("hex"),
    routes: null,
    maxInFlight: null,
    mayBypass: false,
    priority: "interactive",
  });
  const places: readonly (readonly [string, string, Readonly<Record<string, string>>])[] = [
    ["in the header of OpenAI's SDK", "", { authorization: "Bearer key-of-team" }],
    ["in two headers", "", { authorization: "Bearer key-of-team", "api-key": "key-of-team" }],
    ["in ours and in theirs", "", { "x-recloser-key": "key-of-team", authorization: "bearer   key-of-team" }],
    [
      "in ours, and another client's in theirs",
      "",
      { "x-recloser-key": "key-of-team", authorization: "Bearer key-of-ops" },
    ],
    ["in a header of any name", "", { "x-recloser-key": "key-of-team", "x-note": "my key-of-team is this" }],
    ["in the query too", "?key=key-of-team&note=key-of-team", { authorization: "Bearer key-of-team" }],
    ["in the query, escaped", "?note=%6bey-of-team", { authorization: "Bearer key-of-team" }],
  ];

  test.each(places)("%s goes to no provider, not even to one that gets the caller's", async (_name, query, headers) => {
    const server = await plainServer();
    const targets = [target("one", server.url, { auth: { kind: "caller" } })];
    const clients = [client("team"), client("ops")];
    await using gateway = await startGateway(gatewayConfig({ targets, clients }));
    const answer = await sendRaw(gateway.url, post(`${PATHS.openai}${query}`, { model: "m" }, headers));
    expect(answer.status).toBe(200);
    expect(decodeURIComponent(inspect(server.received, { depth: 9 }))).not.toMatch(/key-of-(?:team|ops)/);
  });

  test("in the query alone goes to no provider either", async () => {
    const server = await plainServer();
    const targets = [targetAt("gemini", server, { auth: { kind: "caller" } })];
    const routes = [route("main", ["one"], { format: "gemini" })];
    await using gateway = await startGateway(gatewayConfig({ targets, routes, clients: [client("team")] }));
    expect((await sendRaw(gateway.url, post(`${PATHS.gemini}?key=key-of-team`, {}))).status).toBe(200);
    expect(inspect(server.received, { depth: 9 })).not.toContain("key-of-team");
  });
});

describe("A target's own secret does not come back to the caller", () => {
  const SECRET = "own-secret/of+one";
  const auths: readonly (readonly [string, Partial<TargetConfig>])[] = [
    ["as a bearer", { auth: { kind: "bearer", token: SECRET } }],
    ["as a header with a scheme", { auth: { kind: "header", name: "authorization", value: `Basic ${SECRET}` } }],
    ["in the query", { auth: { kind: "query", name: "key", value: SECRET } }],
    ["in a header that is set", { auth: { kind: "none" }, headers: { set: { "x-api-key": SECRET }, remove: [] } }],
    ["in a query that is set", { auth: { kind: "none" }, query: { api_key: SECRET } }],
  ];
  const answers: readonly (readonly [string, number])[] = [
    ["an error", 400],
    ["an answer", 200],
    ["no success", 502],
  ];
  const cases = auths.flatMap(([how, other]) => answers.map(([what, status]) => [how, what, status, other] as const));

  test.each(cases)("which was sent %s, from %s that shows what was asked", async (_how, _what, status, other) => {
    const server = await plainServer((response, { headers, path }) => {
      const shown = JSON.stringify({ headers, path, decoded: decodeURIComponent(path) });
      // Plain, and across two chunks that do not come together.
      response.writeHead(status, { "content-type": "application/json", "x-asked": path, "x-headers": shown });
      const said = `{"choices":[{"message":{"content":"a"},"finish_reason":"stop"}],"a":${shown},"b":${shown}}`;
      const at = said.indexOf("own-secret") + 5;
      response.write(said.slice(0, at));
      setTimeout(() => response.end(said.slice(at)), 30);
    });
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url, other)] }));
    const { text } = await sendRaw(gateway.url, post(PATHS.openai, { model: "m" }));
    expect(text).not.toMatch(/secret.of.one|-secret%2Fof|et%2Fof%2Bone/);
    expect(text).toContain(String(status));
    expect(inspect(gateway.records, { depth: 20, getters: false, showHidden: true })).not.toMatch(/secret.of.one/);
    expect(JSON.stringify(gateway.records)).not.toMatch(/secret.of.one/);
  });

  test("which the provider refused, says so in words of ours", async () => {
    const server = await plainServer((response) => void response.writeHead(401).end("bad key secret-of-one"));
    await using gateway = await startGateway(gatewayConfig({ targets: [target("one", server.url)] }));
    const { status, text } = await sendRaw(gateway.url, post(PATHS.openai, { model: "m" }));
    expect([status, text.includes("secret-of-one"), text.includes("upstream_auth")]).toEqual([502, false, true]);
  });
});
