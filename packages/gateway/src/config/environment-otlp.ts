/**
 * What OpenTelemetry's own variables say of a configuration that does not speak of it. Source: the OpenTelemetry
 * specification's "Environment Variable Specification" and "OTLP Exporter Configuration". Those not named here are read by the
 * exporter itself.
 */
import type { Environment } from "./interpolate.ts";

export interface OtlpOfEnvironment {
  readonly variable: string;
  /** False: none. */
  readonly otlp: { readonly traces: boolean; readonly metrics: boolean } | false;
}

const ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";

/** Whether all of it is switched off, which goes before what a file says. */
export function isSwitchedOff(env: Environment): boolean {
  return (env["OTEL_SDK_DISABLED"] ?? "").trim().toLowerCase() === "true";
}

/** Null: no variable says where to. */
export function otlpOfEnvironment(env: Environment): OtlpOfEnvironment | null {
  const isSet = (name: string): boolean => (env[name] ?? "").trim() !== "";
  const variable = [ENDPOINT, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"].find(isSet);
  if (variable === undefined) return null;
  const sends = (signal: "TRACES" | "METRICS"): boolean =>
    (isSet(ENDPOINT) || isSet(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)) && env[`OTEL_${signal}_EXPORTER`] !== "none";
  return { variable, otlp: { traces: sends("TRACES"), metrics: sends("METRICS") } };
}
