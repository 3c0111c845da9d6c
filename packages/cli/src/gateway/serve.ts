/** Runs a gateway until it is told to stop. */
import { createFleet, createGateway, type Serving } from "@recloser/gateway";
import { keySourcesOf, type LoadedConfig, sourceText } from "@recloser/gateway/config";
import { EXIT } from "../exit-code.ts";
import { listenForInterruption } from "../interruption.ts";
import type { Shell } from "../shell.ts";
import { announcementJson, announcementOf, type Listening } from "./announcement.ts";
import { dashboardPages, type DashboardPages } from "./dashboard-pages.ts";
import { load, loadOrTell, UnusableConfigError, type Wanted } from "./loading.ts";
import { needsRestart } from "./needs-restart.ts";

export async function serve(shell: Shell, wanted: Wanted, json: boolean): Promise<void> {
  const interruption = listenForInterruption();
  // By default it ends the process, and whoever sends it wants the file read, which is about to happen.
  process.on("SIGHUP", nothing);
  const pages = dashboardPages();
  try {
    const loaded = await loadOrTell(shell, wanted);
    if (loaded === null) return;
    const gateway = gatewayOf(shell, loaded, pages);
    const listening = await listen(shell, gateway, loaded);
    if (listening === null) return;
    const keys = keySourcesOf(loaded);
    if (json) shell.stdout.write(`${announcementJson(loaded, keys, listening)}\n`);
    else shell.stderr.write(announcementOf(loaded, keys, listening));
    const stopReloading = reloadOnHangup(shell, gateway, loaded, wanted);
    await ended(interruption.signal);
    stopReloading();
    await drain(shell, gateway, loaded);
    shell.exitWith(interruption.exitCode === EXIT.interrupted ? EXIT.interrupted : EXIT.ok);
  } finally {
    process.off("SIGHUP", nothing);
    interruption.release();
    await pages.close();
  }
}

function gatewayOf(shell: Shell, { config, workers }: LoadedConfig, { mount }: DashboardPages): Serving {
  const onDefect = (error: unknown): void => tell(shell, `a defect of the gateway: ${nameOf(error)}`);
  return workers > 1
    ? createFleet(config, workers, { onDefect, mount })
    : createGateway(config, { onDefect, mount, processMetrics: true });
}

function nothing(): void {}

async function listen(shell: Shell, gateway: Serving, loaded: LoadedConfig): Promise<Listening | null> {
  try {
    return await gateway.listen();
  } catch (error) {
    await gateway.close();
    tell(shell, whyNotListening(error as NodeJS.ErrnoException, loaded));
    shell.exitWith(EXIT.failed);
    return null;
  }
}

function whyNotListening(
  { code, message, port, hostname }: NodeJS.ErrnoException & { readonly port?: number; readonly hostname?: string },
  { config: { listen: data, admin }, layers }: LoadedConfig,
): string {
  const isAdmin = admin !== false && (port === admin.port || hostname === admin.host);
  const address = isAdmin ? admin : data;
  const flag = isAdmin ? "--admin-" : "--";
  const where = `${address.host}:${address.port} (${sourceText(layers.originOf([isAdmin ? "admin" : "listen", "port"]))})`;
  const why = NOT_LISTENING[code ?? ""];
  return why === undefined ? `cannot listen on ${where}: ${code ?? message}` : `${where} ${why(address.port, flag)}`;
}

const NOT_LISTENING: Readonly<Record<string, (port: number, flag: string) => string>> = {
  EADDRINUSE: (port, flag) =>
    `is in use, perhaps by another gateway; stop that one, or choose another port: ${flag}port ${port + 10 > 65_535 ? 8_787 : port + 10}`,
  EACCES: (_port, flag) => `may not be taken by this user; ports below 1024 need rights: ${flag}port 8787`,
  EADDRNOTAVAIL: (_port, flag) => `is no address of this machine; ${flag}host 127.0.0.1 is`,
  ENOTFOUND: (_port, flag) => `is no address of this machine; ${flag}host 127.0.0.1 is`,
};

/** @returns stops it */
function reloadOnHangup(shell: Shell, gateway: Serving, started: LoadedConfig, wanted: Wanted): () => void {
  // One after the other: the last file that was asked for is the one in force.
  let reloading = Promise.resolve();
  const onHangup = (): void => {
    reloading = reloading.then(() => reload(shell, gateway, started, wanted));
  };
  process.on("SIGHUP", onHangup);
  return () => void process.off("SIGHUP", onHangup);
}

async function reload(shell: Shell, gateway: Serving, started: LoadedConfig, wanted: Wanted): Promise<void> {
  try {
    const { config, workers, notices } = await load(shell, wanted);
    const fixed = needsRestart(started, { config, workers });
    if (fixed.length > 0)
      throw new UnusableConfigError(`${fixed.join(", ")} cannot be changed while it runs: restart it`);
    await gateway.reload(config);
    for (const notice of notices) tell(shell, notice);
    tell(
      shell,
      `the configuration was read again: ${Object.keys(config.targets).length} targets, ${config.routes.length} routes`,
    );
  } catch (error) {
    const why = error instanceof UnusableConfigError ? error.message : `it could not be taken over (${nameOf(error)})`;
    tell(shell, `the old configuration is kept: ${why}`);
  }
}

async function drain(shell: Shell, gateway: Serving, { config: { drainMs } }: LoadedConfig): Promise<void> {
  const { inFlight } = gateway;
  const whatFor = inFlight === null ? "waiting for what is" : inFlight;
  tell(shell, inFlight === 0 ? "stopping" : `stopping; ${whatFor} under way, for ${drainMs / 1_000} s at most`);
  await gateway.close();
  tell(shell, "stopped");
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

// What is in an error's message may be a provider's own words.
function nameOf(error: unknown): string {
  return error instanceof Error ? ((error as NodeJS.ErrnoException).code ?? error.name) : typeof error;
}

function tell({ stderr }: Shell, message: string): void {
  stderr.write(`recloser: ${message}\n`);
}
