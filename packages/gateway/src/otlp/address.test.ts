import { describe, expect, test } from "vitest";
import type { OtlpConfig } from "../config/config.ts";
import { addressOf } from "./address.ts";

const ALL: OtlpConfig = {
  url: null,
  headers: {},
  traces: true,
  metrics: true,
  sampleRatio: null,
  continueTraces: false,
};

describe("A signal's address", () => {
  test("is below the configuration's URL, or a variable's, or the usual one; a signal's own is taken as it is", () => {
    const url = (otlp: Partial<OtlpConfig>, env: Record<string, string>): string =>
      addressOf("traces", { ...ALL, ...otlp }, env).to.url;
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://c:1/base/" };
    const own = { ...env, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://c:2/own" };
    expect(url({}, {})).toBe("http://localhost:4318/v1/traces");
    expect(url({}, env)).toBe("http://c:1/base/v1/traces");
    expect(url({}, own)).toBe("http://c:2/own");
    expect(url({ url: "http://d/" }, own)).toBe("http://d/v1/traces");
  });

  test("has the headers of the variables, and before them those of the configuration", () => {
    const env = {
      OTEL_EXPORTER_OTLP_HEADERS: "a=1,b=two%20words",
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "a=3",
      OTEL_EXPORTER_OTLP_TIMEOUT: "500",
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "700",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
    };
    const { to, protocol } = addressOf("metrics", { ...ALL, headers: { c: "4" } }, env);
    expect(to.headers).toEqual({ a: "3", b: "two words", c: "4", "content-type": "application/x-protobuf" });
    expect([to.timeoutMs, to.compress === null, protocol]).toEqual([700, false, "http/protobuf"]);
  });

  test("comes with a notice where a variable cannot be followed, and no value of it", () => {
    const env = {
      OTEL_EXPORTER_OTLP_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_ENDPOINT: "c:4317",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/nowhere/ca.pem",
    };
    const { to, protocol, notices } = addressOf("traces", ALL, env);
    expect([to.url, protocol]).toEqual(["http://localhost:4318/v1/traces", "http/protobuf"]);
    expect(notices.map((notice) => notice.split(" ", 1)[0])).toEqual([
      "OTEL_EXPORTER_OTLP_PROTOCOL",
      "OTEL_EXPORTER_OTLP_ENDPOINT",
    ]);
    const secure = addressOf("traces", { ...ALL, url: "https://c" }, env);
    expect(secure.notices.at(-1)).toBe("OTEL_EXPORTER_OTLP_CERTIFICATE cannot be read: ENOENT");
  });
});
