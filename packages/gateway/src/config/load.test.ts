import { describe, expect, test } from "vitest";
import { ConfigError, type ConfigIssue, issueText } from "./issue.ts";
import type { GivenFlag } from "./layers.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { pathText } from "./path.ts";

// Like no key of any provider: it must be where it stands that hides it.
const KEY = "canary.secret.key";
const SHA = "a".repeat(64);
const ENV = { OPENAI_API_KEY: KEY };

interface Given {
  readonly env?: Record<string, string>;
  readonly flags?: readonly GivenFlag[];
  readonly name?: string;
}

function load(text: string | null, { env = {}, flags = [], name = "recloser.yaml" }: Given = {}): LoadedConfig {
  return loadConfig({ file: text === null ? null : { name, bytes: Buffer.from(text) }, env, flags });
}

function issuesOf(text: string | null, given: Given = {}): readonly ConfigIssue[] {
  try {
    load(text, given);
  } catch (error) {
    if (error instanceof ConfigError) return error.issues;
    throw error;
  }
  return [];
}

/** `path: expected`, by line. */
function said(text: string | null, given: Given = {}): string[] {
  return issuesOf(text, given).map(issueText);
}

describe("without a file", () => {
  test("everything has a default", () => {
    const { config, workers } = load(null);
    expect(config).toMatchObject({
      listen: { host: "127.0.0.1", port: 8787 },
      admin: { host: "127.0.0.1", port: 8788 },
      store: { url: "memory:", namespace: "recloser" },
      timeouts: { connectMs: 5_000, headersMs: 30_000, firstTokenMs: 30_000, idleMs: 20_000, totalMs: 600_000 },
      retry: { perTarget: 1, maxAttempts: 3, budget: { ratio: 0.2, minPerSecond: 1 } },
      limits: { headerBytes: 32_768, bodyBytes: 33_554_432, bufferedBytes: 1_048_576 },
      drainMs: 30_000,
      otlp: null,
    });
    expect(workers).toBe(1);
  });

  test("targets are those whose key is in the environment, each in a route of its format", () => {
    const env = { OPENAI_API_KEY: "o", ANTHROPIC_API_KEY: "a", GEMINI_API_KEY: "g" };
    const { targets, routes } = load(null, { env }).config;
    expect(Object.values(targets).map(({ name, format, baseUrl, auth }) => [name, format, baseUrl.host, auth])).toEqual(
      [
        ["openai", "openai", "api.openai.com", { kind: "bearer", token: "o" }],
        ["anthropic", "anthropic", "api.anthropic.com", { kind: "header", name: "x-api-key", value: "a" }],
        [
          "gemini",
          "gemini",
          "generativelanguage.googleapis.com",
          { kind: "header", name: "x-goog-api-key", value: "g" },
        ],
        ["sim", "openai", "", { kind: "none" }],
      ],
    );
    expect(routes.map(({ name, format }) => [name, format])).toEqual([
      ["openai", "openai"],
      ["anthropic", "anthropic"],
      ["gemini", "gemini"],
      ["sim", "openai"],
    ]);
  });

  test("the simulated provider answers for no model of a real one", () => {
    const { targets, routes } = load(null).config;
    expect(targets["sim"]?.baseUrl.href).toBe("sim:");
    expect(routes).toMatchObject([{ name: "sim", models: ["sim", "sim-*"] }]);
  });

  test("OPENAI_BASE_URL is honoured, on this machine too", () => {
    const env = { ...ENV, OPENAI_BASE_URL: "http://localhost:11434/v1" };
    const { openai } = load(null, { env }).config.targets;
    expect(openai).toMatchObject({ allowPrivate: true });
    expect(openai?.baseUrl.href).toBe("http://localhost:11434/v1");
  });

  test("OPENAI_BASE_URL that points at the gateway itself is not asked", () => {
    const env = { ...ENV, OPENAI_BASE_URL: "http://127.0.0.1:9000/v1" };
    const loaded = load(null, { env, flags: [{ flag: "--port", path: "listen.port", value: "9000" }] });
    expect(loaded.config.targets["openai"]?.baseUrl.host).toBe("api.openai.com");
    expect(loaded.notices).toEqual([expect.stringContaining("OPENAI_BASE_URL points at this gateway")]);
  });

  test("a key with a line break is told by its variable, and not shown", () => {
    const [only, ...others] = said(null, { env: { OPENAI_API_KEY: `${KEY}\n` } });
    expect(others).toEqual([]);
    expect(only).toMatch(/^OPENAI_API_KEY {2}targets\.openai\.key: expected a key, on one line/);
    expect(only).not.toContain(KEY);
  });

  test("what comes out is frozen", () => {
    const { config } = load(null, { env: ENV });
    expect(() => Object.assign(config.listen, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.targets["openai"] ?? {}, { auth: 1 })).toThrow(TypeError);
  });
});

describe("every fault is told at once", () => {
  const FILE = `listen: { host: 0.0.0.0, port: 99999 }
admin: { host: 0.0.0.0 }
workers: 3
lisen: { port: 1 }
breaker:
  failureRate: 2
  cooldwn: { initial: 5s }
  cooldown: { initial: 20s, max: 5s }
policies:
  "openai:*": { mode: nope }
timeouts: { idle: 20 seconds }
targets:
  openai: { key: "\${NOT_THERE}" }
  elsewhere: { auth: none }
routes:
  - { name: r, targets: [opnai, { target: openai, weight: -1 }] }
  - { name: r, targets: [openai], choice: sideways }
`;

  test("with its line and column, path, what was expected and what came", () => {
    expect(said(FILE)).toEqual([
      expect.stringContaining(
        "recloser.yaml:1:17  listen.host: expected a loopback address such as 127.0.0.1, or clients",
      ),
      "recloser.yaml:1:32  listen.port: expected a whole number from 0 to 65535; received 99999",
      expect.stringContaining("recloser.yaml:2:16  admin.host: expected a loopback address"),
      expect.stringContaining("recloser.yaml:3:10  workers: expected 1, or a store that processes share"),
      "recloser.yaml:4:1  lisen: expected a known name: did you mean listen?; received an unknown name",
      "recloser.yaml:6:16  breaker.failureRate: expected a ratio above 0 and at most 1; received 2",
      "recloser.yaml:7:3  breaker.cooldwn: expected a known name: did you mean cooldown?; received an unknown name",
      'recloser.yaml:8:34  breaker.cooldown.max: expected at least cooldown.initial (20000 ms); received "5s"',
      'recloser.yaml:10:23  policies["openai:*"].mode: expected "enforce" or "observe" or "off"; received "nope"',
      expect.stringMatching(
        /^recloser.yaml:11:19 {2}timeouts.idle: expected a duration above 0 .*; received "20 seconds"$/,
      ),
      expect.stringContaining("recloser.yaml:13:18  targets.openai.key: expected the environment variable NOT_THERE"),
      expect.stringMatching(/^recloser.yaml:14:3 {2}targets.elsewhere.format: .* received nothing$/),
      expect.stringMatching(/^recloser.yaml:14:3 {2}targets.elsewhere.baseUrl: .* received nothing$/),
      'recloser.yaml:16:26  routes[0].targets[0]: expected the name of a target: did you mean openai?; received "opnai"',
      "recloser.yaml:16:59  routes[0].targets[1].weight: expected a number above 0; received -1",
      'recloser.yaml:17:13  routes[1].name: expected each name once; received "r"',
      'recloser.yaml:17:43  routes[1].choice: expected one of "in-order", "weighted"; received "sideways"',
    ]);
  });

  test("the message has one line for each, and at most a hundred", () => {
    expect(() => load(FILE)).toThrow(/^recloser\.yaml:1:17 {2}.*(\n.*){16}$/);
    const many = Array.from({ length: 150 }, (_, at) => `unknown${at}: 1`).join("\n");
    expect(() => load(many)).toThrow(/\nand 50 more$/);
  });

  test.each([
    ["recloser.json", '{\n  "listen": { "port": "x" },\n  "wrokers": 2\n}', ["2:23", "3:3"]],
    ["recloser.jsonc", '{\n  // here\n  "listen": { "port": "x" }, /* and */\n  "wrokers": 2,\n}', ["3:23", "4:3"]],
    ["recloser.yml", "\n# here\nlisten:\n  port: x\nwrokers: 2\n", ["4:9", "5:1"]],
    ["recloser.yaml", "\r\nlisten:\r\n  port: x\r\nwrokers: 2\r\n", ["3:9", "4:1"]],
  ])("with the right place in %s", (name, text, places) => {
    expect(said(text, { name }).map((line) => line.split("  ")[0])).toEqual(places.map((place) => `${name}:${place}`));
  });

  test("of a variable and a flag by their names", () => {
    const env = { RECLOSER_WORKERS: "many" };
    const flags = [{ flag: "--port", path: "listen.port", value: "70000" }];
    expect(said(null, { env, flags })).toEqual([
      "--port  listen.port: expected a whole number from 0 to 65535; received 70000",
      'RECLOSER_WORKERS  workers: expected a whole number from 1 to 64; received "many"',
    ]);
  });
});

describe("of several forms a value may have, the one that was meant is told", () => {
  test.each([
    [
      "targets: { openai: { auth: { kind: header, value: x } } }",
      "targets.openai.auth.name: expected the name of a header; received nothing",
    ],
    [
      "targets: { openai: { auth: { kind: beer } } }",
      'targets.openai.auth.kind: expected one of "bearer", "header", "query"',
    ],
    [
      "targets: { openai: { auth: yes please } }",
      'targets.openai.auth: expected one of "none", "caller", or an object',
    ],
    ["admin: { prt: 1 }", "admin.prt: expected a known name: did you mean port?"],
    ["admin: true", "admin: expected an object, or false; received true"],
    [
      "routes: [{ name: r, targets: [sim], onAllOpen: { cache: { ttll: 1s } } }]",
      "routes[0].onAllOpen.cache.ttll: expected a known name: did you mean ttl?",
    ],
    [
      "routes: [{ name: r, targets: [sim], onAllOpen: { queue: { size: 0 } } }]",
      "routes[0].onAllOpen.queue.size: expected a whole number from 1 to 100000",
    ],
    [
      "limits: { bodyBytes: 1GB }",
      "limits.bodyBytes: expected a number of bytes from 1 to 536870912, or a size such as",
    ],
  ])("%s", (text, expected) => expect(said(text)[0]).toContain(expected));
});

describe("webhooks", () => {
  const URL_ENV = { HOOK: "https://hooks.example.com/services/T0/B0/canary", SECRET: "a-secret-of-16-characters" };
  const hook = (fields: string): string => `alerts: { webhooks: [{ name: ops, ${fields} }] }`;

  test("have their defaults, and their secrets from variables", () => {
    const { config } = load(hook("url: '${HOOK}', secret: '${SECRET}'"), { env: URL_ENV });
    expect(config.alerts).toEqual({
      intervalMs: 300_000,
      webhooks: [
        {
          name: "ops",
          url: URL_ENV.HOOK,
          format: "slack",
          secret: URL_ENV.SECRET,
          keys: ["*"],
          allowPrivate: false,
        },
      ],
    });
  });

  test.each([
    [hook(`url: ${URL_ENV.HOOK}`), "alerts.webhooks[0].url: expected ${A_VARIABLE}: it is a secret"],
    [hook("url: '${HOOK}', secret: canary-that-is-long-enough"), "alerts.webhooks[0].secret: expected ${A_VARIABLE}"],
    [hook("url: '${HOOK}', secret: '${SHORT}'"), "alerts.webhooks[0].secret: expected a secret of at least 16"],
    [hook("url: '${PRIVATE}'"), "alerts.webhooks[0].url: expected a public address, or allowPrivate: true"],
    [hook("url: '${PLAIN}'"), "alerts.webhooks[0].url: expected https://, or allowPrivate: true"],
    [hook("url: '${PASSWORD}'"), "alerts.webhooks[0].url: expected a URL without user and password"],
    [hook("url: '${NONE}'"), "alerts.webhooks[0].url: expected a URL that begins with https://"],
    [hook("url: '${HOOK}', format: teams"), 'alerts.webhooks[0].format: expected one of "slack", "json"'],
    [
      "alerts: { webhooks: [{ name: a, url: '${HOOK}' }, { name: a, url: '${HOOK}' }] }",
      "alerts.webhooks[1].name: expected each name once",
    ],
  ])("%s", (text, expected) => {
    const env = {
      ...URL_ENV,
      SHORT: "canary",
      PRIVATE: "https://10.0.0.7/canary",
      PLAIN: "http://hooks.example.com/canary",
      PASSWORD: "https://me:canary@hooks.example.com/",
      NONE: "hooks.example.com/canary",
    };
    const issues = said(text, { env });
    expect(issues[0]).toContain(expected);
    expect(issues.join("\n").replaceAll("canary-that", "")).not.toContain("canary");
  });

  test("may be inside the network where they say so", () => {
    const { config } = load(hook("url: '${URL}', allowPrivate: true"), { env: { URL: "http://10.0.0.7:9093/hook" } });
    expect(config.alerts.webhooks[0]?.url).toBe("http://10.0.0.7:9093/hook");
  });
});

describe("no secret is told", () => {
  test.each([
    ["a key in the wrong place", `targets: { openai: { auth: ${KEY} } }`],
    ["a key as a number of fields", `targets: { openai: { key: { value: ${KEY} } } }`],
    ["a key twice", `targets: { openai: { key: "${KEY}", auth: { kind: bearer, token: "${KEY}" } } }`],
    ["a token of a wrong kind", `targets: { openai: { auth: { kind: beer, token: ${KEY} } } }`],
    ["a URL with a password", `targets: { openai: { key: x, baseUrl: "https://user:${KEY}@api.openai.com" } }`],
    ["a store with a password", `store: { url: "postgres://user:${KEY}@host" }`],
    ["a variable where a number stands", "listen: { port: '${OPENAI_API_KEY}' }"],
    ["a variable where a word stands", "routes: [{ name: a, targets: [openai], choice: '${OPENAI_API_KEY}' }]"],
    ["a variable in a policy", "breaker: { mode: '${OPENAI_API_KEY}' }"],
    ["a variable that names a target", "routes: [{ name: a, targets: ['${OPENAI_API_KEY}'] }]"],
    ["a header on two lines", `targets: { openai: { key: x, headers: { set: { x-key: "a\\n${KEY}" } } } }`],
    ["a key as the name of a provider", `targets: { openai: { key: x, provider: "sk-${KEY}!" } }`],
    ["a broken file", `targets: { openai: { key: "${KEY} } }`],
    ["an alias that is none", `targets: { openai: { key: *${KEY} } }`],
    ["a tag that is none", `targets: { openai: { key: !<tag:${KEY}> x } }`],
  ])("%s", (_, text) => {
    const issues = said(text, { env: ENV });
    expect(issues.length).toBeGreaterThan(0);
    expect(issues.join("\n")).not.toContain(KEY);
  });

  test("nor does a control character reach the terminal", () => {
    expect(said('"a\\u001b[31mb": 1')[0]).toMatch(/a\\u001b\[31mb/);
  });
});

describe("flags win over variables, variables over the file, the file over defaults", () => {
  const file = "listen: { host: localhost, port: 1 }\nretry: { maxAttempts: 5 }\n";
  const env = { RECLOSER_PORT: "2", RECLOSER_RETRY_BUDGET_RATIO: "0.5" };
  const flags = [{ flag: "--port", path: "listen.port", value: "3" }];

  test("field by field", () => {
    expect(load(file, { env, flags }).config).toMatchObject({
      listen: { host: "localhost", port: 3 },
      retry: { perTarget: 1, maxAttempts: 5, budget: { ratio: 0.5, minPerSecond: 1 } },
    });
    expect(load(file, { env }).config.listen.port).toBe(2);
    expect(load(file).config.listen.port).toBe(1);
  });

  test("a variable that is empty says nothing", () => {
    expect(load(file, { env: { RECLOSER_PORT: "" } }).config.listen.port).toBe(1);
  });

  test("false switches the admin port off, and a port on a layer above on again", () => {
    expect(load(null, { env: { RECLOSER_ADMIN: "false", RECLOSER_ADMIN_PORT: "1" } }).config.admin).toBe(false);
    const above = [{ flag: "--admin-port", path: "admin.port", value: "9" }];
    expect(load("admin: false", { flags: above }).config.admin).toMatchObject({ port: 9, host: "127.0.0.1" });
  });

  test("policies too: numbers, durations, false", () => {
    const given = {
      RECLOSER_BREAKER_FAILURE_RATE: "false",
      RECLOSER_BREAKER_MINIMUM_CALLS: "7",
      RECLOSER_BREAKER_COOLDOWN_INITIAL: "3s",
      RECLOSER_BREAKER_SILENCE: "9000",
    };
    expect(load(null, { env: given }).config.breaker).toEqual({
      failureRate: false,
      minimumCalls: 7,
      cooldown: { initial: "3s" },
      silence: 9_000,
    });
  });

  test("a variable that is nearly a setting is told", () => {
    expect(load(null, { env: { RECLOSER_PROT: "1", RECLOSER_DEMO_SPEED: "2" } }).notices).toEqual([
      "RECLOSER_PROT is no setting: did you mean RECLOSER_PORT?",
    ]);
  });

  test("a password is refused where every process can read it", () => {
    const flag = { flag: "--store", path: "store.url", value: "redis://:secret@host" };
    expect(said(null, { flags: [flag] })).toEqual([
      expect.stringMatching(/^--store {2}store\.url: expected no user and password in an argument.*set RECLOSER_STORE/),
    ]);
  });
});

describe("variables in texts", () => {
  const key = (text: string, env: Record<string, string>): unknown =>
    load(`targets: { openai: { auth: { kind: bearer, token: '${text}' } } }`, { env }).config.targets["openai"]?.auth;

  test.each([
    ["${K}", "k", { kind: "bearer", token: "k" }],
    ["a-${K}-b", "k", { kind: "bearer", token: "a-k-b" }],
    ["${K:-other}", "", { kind: "bearer", token: "other" }],
    ["$${K}", "k", { kind: "bearer", token: "${K}" }],
    ["$K ${K}", "k", { kind: "bearer", token: "$K k" }],
    // What a variable holds is a value, not another reference.
    ["${K}", "${SHELL}", { kind: "bearer", token: "${SHELL}" }],
  ])("%s", (text, value, expected) => expect(key(text, { K: value })).toEqual(expected));

  test("numbers and truth values can come from one", () => {
    const text =
      "listen: { port: '${P}' }\nlog: { pretty: '${Y:-true}' }\nbreaker: { minimumCalls: '${N}', silence: '${N}' }";
    const { config } = load(text, { env: { P: "81", N: "5" } });
    expect(config).toMatchObject({
      listen: { port: 81 },
      log: { pretty: true },
      breaker: { minimumCalls: 5, silence: 5 },
    });
  });

  test.each(["${}", "${1a}", "${a b}", "${a", "${a:b}"])("%s is no reference", (text) => {
    expect(said(`otlp: { url: '${text}' }`)).toEqual([expect.stringContaining("expected ${NAME} or ${NAME:-default}")]);
  });

  test("every one that is missing is named, and an empty one is missing too", () => {
    const text = "targets: { openai: { key: '${A}' }, groq: { key: '${B}' } }";
    expect(said(text, { env: { B: "" } })).toEqual([
      expect.stringContaining(
        "targets.openai.key: expected the environment variable A (or a default: ${A:-…}); received no A",
      ),
      expect.stringContaining(
        "targets.groq.key: expected the environment variable B (or a default: ${B:-…}); received an empty B",
      ),
    ]);
  });
});

describe("clients", () => {
  test("open the port to the network", () => {
    const text = `listen: { host: 0.0.0.0 }\nclients: [{ id: a, keySha256: ${SHA} }]`;
    expect(load(text).config.clients).toEqual([
      { id: "a", keySha256: SHA, routes: null, maxInFlight: null, mayBypass: false, priority: "interactive" },
    ]);
  });

  test.each(["0.0.0.0", "::", "192.168.1.1", "gateway.internal", "::ffff:10.0.0.1", "127.0.0.1.nip.io"])(
    "are needed at %s",
    (host) =>
      expect(issuesOf(`listen: { host: "${host}" }`).map(({ path }) => pathText(path))).toEqual(["listen.host"]),
  );

  test.each(["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"])("are not needed at %s", (host) =>
    expect(issuesOf(`listen: { host: "${host}" }`)).toEqual([]),
  );

  test("may not share a key, be named twice, use a route that is none, or have the SHA-256 of nothing", () => {
    const empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    const text = `targets: { openai: { key: x } }
routes: [{ name: chat, targets: [openai] }]
clients:
  - { id: a, keySha256: ${SHA} }
  - { id: a, keySha256: ${SHA.toUpperCase()}, routes: [chta] }
  - { id: b, keySha256: ${empty} }
`;
    expect(issuesOf(text).map(({ path, expected }) => [pathText(path), expected])).toEqual([
      ["clients[1].id", "each id once"],
      ["clients[1].keySha256", "a key of its own"],
      ["clients[1].routes[0]", "the name of a route: did you mean chat?"],
      ["clients[2].keySha256", "the SHA-256 of a key (this one is of an empty text)"],
    ]);
  });
});

describe("targets", () => {
  const wrong = (target: string): string[] => said(`targets: { t: ${target} }`);

  test.each([
    ["https://api.example.com/v1?key=1", "a URL without a query"],
    ["https://api.example.com/v1?", "a URL without a query"],
    ["https://api.example.com/#a", "a URL without a fragment"],
    ["https://u@api.example.com", "a URL without user and password"],
    ["https://api.example.com/../v1", "a URL without .., spaces"],
    ["https://api.example.com/%2e%2E/v1", "a URL without .., spaces"],
    ["ftp://api.example.com", "a URL that begins with https://"],
    ["api.example.com", "a URL that begins with https://"],
    ["javascript:alert(1)", "a URL that begins with https://"],
    ["http://169.254.169.254/latest", "a public address, or allowPrivate"],
    ["http://[::ffff:127.0.0.1]:80", "a public address, or allowPrivate"],
    ["http://2130706433/", "a public address, or allowPrivate"],
    ["http://0x7f.1/", "a public address, or allowPrivate"],
    ["http://10.0.0.1", "a public address, or allowPrivate"],
    ["http://[fd00::1]", "a public address, or allowPrivate"],
    ["http://127.0.0.1:8787/v1", "another address than the gateway's own"],
    ["http://localhost:8787/v1", "another address than the gateway's own"],
  ])("are not at %s", (url, expected) => {
    expect(wrong(`{ format: openai, auth: none, baseUrl: "${url}" }`)).toEqual([
      expect.stringContaining(`targets.t.baseUrl: expected ${expected}`),
    ]);
  });

  test.each(["deployments", "//evil.com", "/a/../b", "/a/%2e%2e/b", "/a%2fb", "/a?b", "/{modle}", "/a\\b", "/a b"])(
    "have no path %s",
    (path) =>
      expect(wrong(`{ provider: openai, key: x, path: '${path}' }`)).toEqual([
        expect.stringContaining("targets.t.path: expected"),
      ]),
  );

  test("have a path with the model in it", () => {
    const text = "targets: { t: { provider: openai, key: x, path: '/deployments/{model}/chat/completions' } }";
    expect(load(text).config.targets["t"]?.path).toBe("/deployments/{model}/chat/completions");
  });

  test.each(["host", "Content-Length", "transfer-encoding", "connection", "bad name", "a:b"])(
    "set no header %s",
    (header) =>
      expect(wrong(`{ provider: openai, key: x, headers: { set: { "${header}": x } } }`)[0]).toContain(
        "targets.t.headers.set",
      ),
  );

  test("have a key, or say that they have none", () => {
    expect(wrong("{ provider: openai }")).toEqual([expect.stringContaining("targets.t.key: expected its API key")]);
    expect(wrong("{ provider: openai, auth: none }")).toEqual([]);
    expect(wrong("{ provider: ollama }")).toEqual([]);
  });

  test("have a label in breaker keys where they have a key", () => {
    const text = "targets: { openai: { key: x }, b: { provider: openai, auth: caller } }\nroutes: []";
    const { openai, b } = load(text).config.targets;
    expect([openai?.credential, b?.credential]).toEqual(["openai", null]);
  });
});

describe("routes", () => {
  const TARGETS = `targets:
  a: { provider: openai, key: x }
  b: { provider: groq, key: x }
  c: { provider: anthropic, key: x }
  mine: { provider: openai, auth: caller }
  theirs: { provider: groq, auth: caller }
routes:
`;
  const wrong = (route: string): string[] => said(`${TARGETS}  - ${route}`);

  test("do not mix wire formats", () => {
    expect(wrong("{ name: r, targets: [a, c] }")).toEqual([
      expect.stringContaining(
        "routes[0].targets[1]: expected a target of format openai, since a route has one; received c",
      ),
    ]);
    expect(wrong("{ name: r, format: gemini, targets: [a] }")).toEqual([expect.stringContaining("format gemini")]);
  });

  test("pass a caller's key to one provider only", () => {
    expect(wrong("{ name: r, targets: [mine, theirs] }")).toHaveLength(1);
    expect(wrong("{ name: r, targets: [mine, a] }")).toHaveLength(1);
    expect(wrong("{ name: r, targets: [mine] }")).toEqual([]);
  });

  test("have weights only where they are weighted", () => {
    expect(wrong("{ name: r, targets: [{ target: a, weight: 2 }, b] }")).toEqual([
      expect.stringContaining("routes[0].targets[0].weight: expected choice: weighted"),
    ]);
    expect(wrong("{ name: r, choice: weighted, targets: [{ target: a, weight: 2 }, b] }")).toEqual([]);
  });

  test("name each target once, and at least one", () => {
    expect(wrong("{ name: r, targets: [a, a] }")).toEqual([expect.stringContaining("expected each target once")]);
    expect(wrong("{ name: r, targets: [] }")).toEqual([expect.stringContaining("expected at least one target")]);
  });

  test.each(["gpt-?", "gpt-[45]", "{a,b}", "**", "", "a b"])("match no model by %j", (glob) =>
    expect(wrong(`{ name: r, targets: [a], models: ["${glob}"] }`)).toEqual([
      expect.stringContaining("routes[0].models[0]: expected a name of at most 200 characters"),
    ]),
  );

  test.each([
    ["fail", { kind: "fail" }],
    ["last-resort", { kind: "last-resort" }],
    ["cache", { kind: "cache", ttlMs: 3_600_000, maxEntries: 1_000, maxEntryBytes: 262_144 }],
    ["{ cache: {} }", { kind: "cache", ttlMs: 3_600_000, maxEntries: 1_000, maxEntryBytes: 262_144 }],
    [
      "{ cache: { ttl: 5m, maxEntryBytes: 1MiB } }",
      { kind: "cache", ttlMs: 300_000, maxEntries: 1_000, maxEntryBytes: 1_048_576 },
    ],
    ["{ queue: 5s }", { kind: "queue", maxWaitMs: 5_000, size: 100 }],
    ["{ queue: { maxWait: 2s, size: 7 } }", { kind: "queue", maxWaitMs: 2_000, size: 7 }],
  ])("onAllOpen: %s", (text, expected) => {
    expect(load(`${TARGETS}  - { name: r, targets: [a], onAllOpen: ${text} }`).config.routes[0]?.onAllOpen).toEqual(
      expected,
    );
  });
});

describe("the store", () => {
  test.each([
    "memory:",
    "redis://h",
    "redis://u:p@h:6380/3",
    "rediss://h:6379",
    "postgres://u@h/db",
    "postgresql://h:1/db",
  ])("%s is taken", (url) => expect(issuesOf(null, { env: { RECLOSER_STORE: url } })).toEqual([]));

  test.each([
    ["postgres://h", "postgres://host:port/database"],
    ["redis-sentinel://a,b/mymaster", "Redis Sentinel is not built yet"],
    ["redis-cluster://a", "Redis Cluster is not built yet"],
    ["redis://a:1,b:2", "Redis Cluster and several Sentinels are not built yet"],
    ["memory", "memory:, redis://host:port"],
    ["http://h", "memory:, redis://host:port"],
    ["redis://h/db", "the number of a database"],
  ])("%s is refused, saying why", (url, expected) =>
    expect(said(null, { env: { RECLOSER_STORE: url } })).toEqual([expect.stringContaining(expected)]),
  );

  test("that is shared takes no window of calls", () => {
    const text = "store: { url: 'redis://h' }\nbreaker: { window: { calls: 50 } }";
    expect(said(text)).toEqual([
      expect.stringContaining("breaker.window: expected a duration: { calls } cannot be shared"),
    ]);
  });
});

describe("policies", () => {
  test("are checked with what they are merged with", () => {
    const text = "breaker: { cooldown: { initial: 20s, max: 30s } }\npolicies: { a: { cooldown: { max: 10s } } }";
    expect(said(text)).toEqual([
      expect.stringContaining("policies.a.cooldown.max: expected at least cooldown.initial"),
    ]);
  });

  test("say why a function is not taken, and where time limits stand", () => {
    expect(said("breaker: { classify: x, timeouts: { total: 1s } }")).toEqual([
      expect.stringContaining("breaker.classify: expected no such field in a file: a function is given in code"),
      expect.stringContaining(
        "breaker.timeouts: expected no such field here: timeouts stand at the top, or in a target",
      ),
    ]);
  });
});

describe("time limits", () => {
  test("that are written and above total are told; a default above it is not", () => {
    const text = "timeouts: { total: 1s, idle: 2s }\ntargets: { openai: { key: x, timeouts: { headers: 5s } } }";
    expect(issuesOf(text).map(({ path, expected }) => [pathText(path), expected])).toEqual([
      ["timeouts.idle", "at most total (1s)"],
      ["targets.openai.timeouts.headers", "at most total (1s)"],
    ]);
  });
});
