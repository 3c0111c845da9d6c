import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { keySourcesOf } from "./key-sources.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { shownText, shownTree, shownValues } from "./shown.ts";

const CANARY = "canary-secret-1";
const FILE = `store: { url: "redis://user:${CANARY}@host:6379" }
targets:
  openai: { key: "\${FROM_ENV}" }
  groq: { key: ${CANARY} }
  mistral: { auth: { kind: header, name: x-key, value: "\${MAYBE:-${CANARY}}" }, headers: { set: { x-other: ${CANARY} } } }
  ollama: {}
  mine: { provider: openai, auth: caller }
clients: [{ id: a, keySha256: "${"a".repeat(64)}" }]
routes: [{ name: r, targets: [openai, groq] }]
timeouts: { total: "\${TOTAL}" }
`;

function load(text: string, env: Record<string, string> = {}): LoadedConfig {
  return loadConfig({
    file: { name: "f.yaml", bytes: Buffer.from(text) },
    env: { FROM_ENV: CANARY, TOTAL: "90000", ...env },
    flags: [{ flag: "--port", path: "listen.port", value: "9" }],
  });
}

describe("what is shown", () => {
  const loaded = load(FILE, { RECLOSER_WORKERS: "1" });
  const sources = new Map(shownValues(loaded).map(({ path, value, source }) => [path, [value, source]]));

  test("has no secret in it", () => {
    expect(shownText(loaded)).not.toContain(CANARY);
    expect(JSON.stringify([...sources])).not.toContain(CANARY);
  });

  test("says where each value is from", () => {
    expect(sources.get("listen.port")).toEqual([9, "--port"]);
    expect(sources.get("listen.host")).toEqual(["127.0.0.1", "default"]);
    expect(sources.get("workers")).toEqual([1, "RECLOSER_WORKERS"]);
    expect(sources.get("targets.openai.key")).toEqual(["${FROM_ENV}", "f.yaml:3:18"]);
    expect(sources.get("targets.groq.key")).toEqual(["(not shown)", "f.yaml:4:16"]);
    expect(sources.get("targets.mistral.auth.value")).toEqual(["${MAYBE:-…}", "f.yaml:5:56"]);
    expect(sources.get("targets.mistral.headers.set.x-other")?.[0]).toBe("(not shown)");
    expect(sources.get("targets.mine.auth")?.[0]).toBe("caller");
    expect(sources.get("store.url")?.[0]).toBe("redis://…@host:6379");
    expect(sources.get("clients[0].keySha256")?.[0]).toBe("(not shown)");
    expect(sources.get("timeouts.total")?.[0]).toBe(90_000);
  });

  test("is what the gateway runs by, with what is known of a provider and the routes that nobody wrote", () => {
    expect(shownTree(load("targets: { ollama: {} }"))).toMatchObject({
      targets: {
        ollama: { provider: "ollama", format: "openai", baseUrl: "http://127.0.0.1:11434/v1", allowPrivate: true },
      },
      routes: [{ name: "openai", targets: ["ollama"] }],
    });
  });

  test("is a configuration again", () => {
    const text = "targets: { openai: { key: '${FROM_ENV}' } }\nbreaker: { failureRate: 0.5 }\nclients: []\n";
    const first = load(text);
    const again = load(shownText(first));
    expect(again.config).toEqual(first.config);
    expect(parse(shownText(first))).toEqual(shownTree(first));
  });
});

test("the source of each key is told, and never the key", () => {
  const loaded = load(FILE);
  expect([...keySourcesOf(loaded)]).toEqual([
    ["openai", "${FROM_ENV}"],
    ["groq", "f.yaml:4:16"],
    ["mistral", "${MAYBE:-…}"],
  ]);
  const none = loadConfig({ file: null, env: { OPENAI_API_KEY: CANARY } });
  expect([...keySourcesOf(none)]).toEqual([["openai", "OPENAI_API_KEY"]]);
});
