/** A real Prometheus, of the same Debian package as its checker: it scrapes one address and judges rules. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unpacked } from "./debian-packages.ts";
import { ended, freePort, started } from "./server-process.ts";

export interface Prometheus extends AsyncDisposable {
  /** Alerts that are pending or firing now. */
  alerts(): Promise<readonly FiringAlert[]>;
}

export interface FiringAlert {
  readonly state: "pending" | "firing";
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * @param address `127.0.0.1:8788`, whose `/metrics` is scraped
 * @param rules the text of a file of rules
 */
export async function startPrometheus(address: string, rules: string, everyMs: number): Promise<Prometheus> {
  const folder = mkdtempSync(join(tmpdir(), "recloser-prometheus-"));
  const port = await freePort();
  writeFileSync(join(folder, "rules.yaml"), rules);
  const config = {
    global: { scrape_interval: `${everyMs}ms`, scrape_timeout: `${everyMs}ms`, evaluation_interval: `${everyMs}ms` },
    rule_files: [join(folder, "rules.yaml")],
    scrape_configs: [{ job_name: "gateway", static_configs: [{ targets: [address] }] }],
  };
  writeFileSync(join(folder, "prometheus.yaml"), JSON.stringify(config));
  const program = join(await unpacked("prometheus", ["prometheus"]), "usr/bin/prometheus");
  const child = await started(
    [
      program,
      `--config.file=${join(folder, "prometheus.yaml")}`,
      `--storage.tsdb.path=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=info",
    ],
    process.env,
    "Server is ready to receive web requests",
  );
  return {
    async alerts() {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/alerts`);
      return ((await answer.json()) as { data: { alerts: FiringAlert[] } }).data.alerts;
    },
    async [Symbol.asyncDispose]() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
