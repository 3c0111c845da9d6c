import { describe, expect, test } from "vitest";
import type { OtlpConfig } from "./config.ts";
import { loadConfig, type LoadedConfig } from "./load.ts";
import { shownText } from "./shown.ts";

function load(text: string, env: Record<string, string> = {}): LoadedConfig {
  return loadConfig({ file: { name: "f.yaml", bytes: Buffer.from(text) }, env });
}
const otlp = (text: string, env: Record<string, string> = {}): OtlpConfig | null => load(text, env).config.otlp;

const ALL: OtlpConfig = {
  url: null,
  headers: {},
  traces: true,
  metrics: true,
  sampleRatio: null,
  continueTraces: false,
};
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:4318" };

describe("Where traces and metrics go", () => {
  test.each<[string, string, Record<string, string>, OtlpConfig | null]>([
    ["nowhere by default", "{}", {}, null],
    ["where the file says", "otlp: { url: 'http://c:4318' }", {}, { ...ALL, url: "http://c:4318" }],
    ["by the setting of the gateway's own", "{}", { RECLOSER_OTLP_URL: "http://d" }, { ...ALL, url: "http://d" }],
    ["to the usual place where only that is said", "otlp: {}", {}, ALL],
    ["where OpenTelemetry's variable says", "{}", ENDPOINT, ALL],
    [
      "one signal where only that has a variable",
      "{}",
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c" },
      { ...ALL, metrics: false },
    ],
    [
      "not the signal that is switched off",
      "{}",
      { ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" },
      { ...ALL, traces: false },
    ],
    ["as the file says, whatever the variables do", "otlp: { traces: false }", ENDPOINT, { ...ALL, traces: false }],
    ["nowhere where the file says so", "otlp: false", ENDPOINT, null],
    ["nowhere where neither signal is wanted", "otlp: { traces: false, metrics: false }", {}, null],
    ["nowhere where all of it is switched off", "otlp: { url: 'http://c' }", { OTEL_SDK_DISABLED: "true" }, null],
  ])("%s", (_, text, env, expected) => {
    expect(otlp(text, env)).toEqual(expected);
  });

  test("is shown without the collector's key, and with what said it", () => {
    const shown = shownText(load("otlp: { headers: { x-team: canary-key-1 } }"));
    expect(shown).toContain("x-team");
    expect(shown).not.toContain("canary-key-1");
    expect(shownText(load("{}", ENDPOINT))).toContain("traces: true");
  });

  test("is refused where it cannot be right", () => {
    expect(() => load("otlp: { url: 'grpc://c' }")).toThrow("http");
    expect(() => load("otlp: { sampleRatio: 2 }")).toThrow("from 0 to 1");
    expect(() => load("otlp: { endpoint: 'http://c' }")).toThrow("endpoint");
  });
});
