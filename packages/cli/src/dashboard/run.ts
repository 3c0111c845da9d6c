/** Runs a dashboard on a store until it is told to stop. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createDashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import { InvalidOptionError } from "recloser";
import { postgresStore } from "recloser/postgres";
import { redisStore } from "recloser/redis";
import { EXIT } from "../exit-code.ts";
import { listenForInterruption } from "../interruption.ts";
import type { Shell } from "../shell.ts";
import { UsageError } from "../usage-error.ts";
import { isPostgres } from "../verbs/source/options.ts";
import type { Given } from "./command.ts";
import { type DashboardSettings, settingsOf } from "./settings.ts";

export async function runDashboard(shell: Shell, given: Given, isTyped: boolean): Promise<void> {
  const settings = settingsOf(given, shell.env, isTyped);
  const interruption = listenForInterruption();
  const dashboard = dashboardFor(settings);
  const handle = nodeHandler(dashboard);
  const server = createServer((request, response) => void handle(request, response));
  try {
    const port = await listening(server, settings).catch((error: unknown) => {
      shell.stderr.write(`recloser: ${whyNotListening(error as NodeJS.ErrnoException, settings)}\n`);
      return null;
    });
    if (port === null) return shell.exitWith(EXIT.failed);
    announce(shell, settings, port, given.json === true);
    await ended(interruption.signal);
    shell.exitWith(interruption.exitCode === EXIT.interrupted ? EXIT.interrupted : EXIT.ok);
  } finally {
    await dashboard.close();
    server.closeAllConnections();
    server.close();
    interruption.release();
  }
}

function dashboardFor({
  storeUrl,
  schema,
  namespace,
  allowActions,
  tokens,
  hosts,
}: DashboardSettings): ReturnType<typeof createDashboard> {
  try {
    const store = isPostgres(new URL(storeUrl).protocol)
      ? postgresStore({ connectionString: storeUrl, schema })
      : redisStore({ url: storeUrl });
    return createDashboard({ store, namespace, allowActions, tokens, hosts });
  } catch (error) {
    if (!InvalidOptionError.is(error)) throw error;
    throw new UsageError(
      OPTIONS[error.option.split(".")[0] ?? ""] ?? error.option,
      error.expected,
      String(error.received),
    );
  }
}

const OPTIONS: Readonly<Record<string, string>> = {
  namespace: "--namespace",
  schema: "--schema",
  hosts: "--name",
  tokens: "RECLOSER_DASHBOARD_TOKEN and RECLOSER_DASHBOARD_OPERATOR_TOKEN",
};

function listening(server: Server, { host, port }: DashboardSettings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function whyNotListening({ code, message }: NodeJS.ErrnoException, { host, port }: DashboardSettings): string {
  if (code === "EADDRINUSE")
    return `${host}:${port} is in use, perhaps by another one: try --port ${port === 65_535 ? 8_789 : port + 1}`;
  return `cannot listen on ${host}:${port}: ${code ?? message}`;
}

function announce(
  shell: Shell,
  { host, storeUrl, namespace, allowActions, tokens }: DashboardSettings,
  port: number,
  asJson: boolean,
): void {
  const shownHost = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host;
  const url = `http://${shownHost}:${port}/`;
  const store = new URL(storeUrl);
  const shownStore = `${store.protocol}//${store.host}${store.pathname}`;
  if (asJson) {
    shell.stdout.write(`${JSON.stringify({ url, store: shownStore, namespace, allowActions })}\n`);
    return;
  }
  const needsToken = tokens.viewer !== undefined || tokens.operator !== undefined;
  shell.stderr.write(
    `  ${url}\n  store ${shownStore}, namespace ${namespace}, ${allowActions ? "actions allowed" : "read-only"}` +
      `${needsToken ? ", asks for a token" : ""}\n`,
  );
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
