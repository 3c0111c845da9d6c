/** The gateway's configuration: whether it can be read, where each value is from, and what is right and yet unwise. */
import { existsSync } from "node:fs";
import type { GatewayConfig, LoadedConfig } from "@recloser/gateway/config";
import type { PolicyOptions } from "recloser";
import { load, UnusableConfigError, USUAL_FILE, type Wanted } from "../gateway/loading.ts";
import type { Shell } from "../shell.ts";
import { failure, type Finding, warning, well } from "./finding.ts";

export interface ConfigSeen {
  readonly findings: readonly Finding[];
  /** Null: it cannot be read. */
  readonly config: GatewayConfig | null;
}

const DETAILS_MOST = 20;

/** @param named a file's name; undefined: the usual one if it is here, else none */
export async function configChecks(shell: Pick<Shell, "env">, named: string | undefined): Promise<ConfigSeen> {
  const file = named ?? (existsSync(USUAL_FILE) ? USUAL_FILE : undefined);
  const wanted: Wanted = { file, flags: [] };
  try {
    const loaded = await load(shell, wanted);
    const notices = loaded.notices.map((notice) =>
      warning("config", notice, "what is set there has no effect", "rename or unset it"),
    );
    const { config } = loaded;
    const findings = [await sourcesOf(loaded, file), ...notices, ...adminCheck(config), ...leaseChecks(config)];
    return { findings, config };
  } catch (error) {
    if (!(error instanceof UnusableConfigError)) throw error;
    const [head = "", ...faults] = error.message.split("\n");
    const fix = `recloser config validate${file === undefined ? "" : ` ${file}`}`;
    const found = failure("config", head.replace(/:$/, ""), "recloser serve does not start with it", fix);
    return { findings: [{ ...found, details: faults.map((fault) => fault.trim()) }], config: null };
  }
}

async function sourcesOf(loaded: LoadedConfig, file: string | undefined): Promise<Finding> {
  const { shownValues } = await import("@recloser/gateway/config");
  const values = shownValues(loaded);
  const set = values.filter(({ source }) => source !== "default");
  const details = set
    .slice(0, DETAILS_MOST)
    .map(({ path, value, source }) => `${path} ${JSON.stringify(value)} from ${source}`);
  if (set.length > DETAILS_MOST) details.push(`and ${set.length - DETAILS_MOST} more: recloser config show --sources`);
  const { targets, routes } = loaded.config;
  const what = `${counted(Object.keys(targets).length, "target")}, ${counted(routes.length, "route")}`;
  const from = `${counted(set.length, "value")} set, ${values.length - set.length} by default`;
  return well("config", `${file ?? "no file"}: ${what}; ${from}`, details);
}

// Off loopback the gateway does not start without a token; that it may be read on its way is nothing that it can know.
function adminCheck({ admin }: GatewayConfig): Finding[] {
  if (admin === false)
    return [
      warning(
        "admin port",
        "there is none (admin: false)",
        "nobody sees health, metrics or what is open, and no one can hold a circuit",
        "take admin: false out of the configuration",
      ),
    ];
  const { host, port, readOnlyTokens, operatorTokens } = admin;
  const tokens = `${readOnlyTokens.length} may look, ${operatorTokens.length} may act`;
  const isHere = /^(localhost|127\..*|::1)$/.test(host);
  if (isHere) return [well("admin port", `${host}:${port}, of this machine alone`)];
  if (operatorTokens.length > 0) return [well("admin port", `${host}:${port} with tokens: ${tokens}`)];
  return [
    warning(
      "admin port",
      `${host}:${port} with tokens: ${tokens}`,
      "nobody can hold or release a circuit when it matters",
      'add one to admin.operatorTokens: printf %s "$TOKEN" | sha256sum',
    ),
  ];
}

const LEASE_MS = 10_000;
const PROBE_MS = 30_000;
// Renewed each third: below this one answer of the store that is late loses it.
const SHORT_LEASE_MS = 2_000;

function leaseChecks({ breaker, policies }: GatewayConfig): Finding[] {
  const all: [place: string, policy: PolicyOptions][] = [
    ["breaker.probe", breaker],
    ...Object.entries(policies).map(([key, policy]): [string, PolicyOptions] => [
      `policies["${key}"].probe`,
      { ...policy, probe: { ...breaker.probe, ...policy.probe } },
    ]),
  ];
  const found = all.flatMap(([place, { probe }]) => {
    const leaseMs = millisecondsOf(probe?.lease, LEASE_MS);
    const probeMs = millisecondsOf(probe?.timeout, PROBE_MS);
    return leaseMs >= probeMs || leaseMs >= SHORT_LEASE_MS
      ? []
      : [
          warning(
            "probe lease",
            `${place}.lease is ${leaseMs} ms, and a probe may take ${probeMs} ms`,
            `it is renewed each ${Math.round(leaseMs / 3)} ms meanwhile: one late answer of the store, and another replica probes too`,
            `${place}.lease: 10s`,
          ),
        ];
  });
  return found.length > 0 ? found : [well("probe lease", "outlives the probe, or a late renewal of it")];
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

function millisecondsOf(duration: number | string | undefined, otherwise: number): number {
  if (typeof duration !== "string") return duration ?? otherwise;
  const [, amount = "", unit = ""] = /^([\d.]+)([a-z]+)$/.exec(duration) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
