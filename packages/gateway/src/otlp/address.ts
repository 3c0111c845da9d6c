/** Where one signal goes: as the configuration says, then as the `OTEL_EXPORTER_OTLP_…` variables say ("OTLP Exporter Configuration"). */
import { readFileSync } from "node:fs";
import http from "node:http";
import https from "node:https";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { parseKeyPairsIntoRecord } from "@opentelemetry/core";
import type { OtlpConfig } from "../config/config.ts";
import type { CollectorAddress } from "./collector.ts";

export type Signal = "traces" | "metrics";
export type Protocol = "http/protobuf" | "http/json";

export interface SignalAddress {
  readonly to: CollectorAddress;
  readonly protocol: Protocol;
  /** Variables that cannot be followed, with what is done instead. */
  readonly notices: readonly string[];
}

const DEFAULT_URL = "http://localhost:4318";
const DEFAULT_TIMEOUT_MS = 10_000;
const CONTENT_TYPES: Readonly<Record<Protocol, string>> = {
  "http/json": "application/json",
  "http/protobuf": "application/x-protobuf",
};
const compressed = promisify(gzip);

/** @param env of this process */
export function addressOf(signal: Signal, otlp: OtlpConfig, env: NodeJS.ProcessEnv): SignalAddress {
  const said = new Said(signal, env);
  const protocol = protocolOf(said);
  const url = urlOf(signal, otlp, said);
  const headers = {
    ...parseKeyPairsIntoRecord(env["OTEL_EXPORTER_OTLP_HEADERS"]),
    ...parseKeyPairsIntoRecord(env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`]),
    ...otlp.headers,
    "content-type": CONTENT_TYPES[protocol],
  };
  const timeoutMs = Number(said.first("TIMEOUT") ?? DEFAULT_TIMEOUT_MS);
  const to = {
    url,
    headers,
    compress: said.first("COMPRESSION") === "gzip" ? compressed : null,
    timeoutMs: timeoutMs > 0 ? timeoutMs : DEFAULT_TIMEOUT_MS,
    agent: url.startsWith("https:") ? new https.Agent(certificatesOf(said)) : new http.Agent({ keepAlive: true }),
  };
  return { to, protocol, notices: said.notices };
}

/** A signal's own variables, and those of all signals behind them. */
class Said {
  readonly notices: string[] = [];
  readonly #signal: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(signal: Signal, env: NodeJS.ProcessEnv) {
    this.#signal = signal.toUpperCase();
    this.#env = env;
  }

  own(name: string): string | null {
    return this.#env[`OTEL_EXPORTER_OTLP_${this.#signal}_${name}`]?.trim() || null;
  }

  general(name: string): string | null {
    return this.#env[`OTEL_EXPORTER_OTLP_${name}`]?.trim() || null;
  }

  first(name: string): string | null {
    return this.own(name) ?? this.general(name);
  }
}

function protocolOf(said: Said): Protocol {
  const asked = said.first("PROTOCOL") ?? "http/protobuf";
  if (asked === "http/json" || asked === "http/protobuf") return asked;
  said.notices.push("OTEL_EXPORTER_OTLP_PROTOCOL asks for what is not spoken: http/protobuf is");
  return "http/protobuf";
}

// A signal's own endpoint is taken as it is; one for all of them is a base.
function urlOf(signal: Signal, otlp: OtlpConfig, said: Said): string {
  const own = otlp.url === null ? said.own("ENDPOINT") : null;
  const base = otlp.url ?? said.general("ENDPOINT") ?? DEFAULT_URL;
  const url = own ?? `${base.replace(/\/$/, "")}/v1/${signal}`;
  if (URL.canParse(url) && /^https?:\/\//i.test(url)) return new URL(url).href;
  said.notices.push(`OTEL_EXPORTER_OTLP_ENDPOINT is no URL that begins with http: ${DEFAULT_URL} is taken`);
  return `${DEFAULT_URL}/v1/${signal}`;
}

function certificatesOf(said: Said): https.AgentOptions {
  const read = (name: string): Buffer | undefined => {
    const file = said.first(name);
    if (file === null) return undefined;
    try {
      return readFileSync(file);
    } catch (error) {
      const { code = "no file" } = error as NodeJS.ErrnoException;
      said.notices.push(`OTEL_EXPORTER_OTLP_${name} cannot be read: ${code}`);
      return undefined;
    }
  };
  const given = { ca: read("CERTIFICATE"), cert: read("CLIENT_CERTIFICATE"), key: read("CLIENT_KEY") };
  const there = Object.entries(given).filter(([, file]) => file !== undefined);
  return { keepAlive: true, ...(Object.fromEntries(there) as https.AgentOptions) };
}
