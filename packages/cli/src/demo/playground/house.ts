/** The gateway before the playground's providers, with the page on its admin port: what `recloser serve` starts, and the switches. */
import { createGateway, type Gateway, type RequestRecord } from "@recloser/gateway";
import { loadConfig } from "@recloser/gateway/config";
import { dashboardPages } from "../../gateway/dashboard-pages.ts";
import { SIMULATED } from "./app-replica.ts";
import type { Formats, Playground } from "./playground.ts";
import { pointersTo } from "./pointers.ts";
import { watchedTogether } from "./watched-together.ts";

export interface Ports {
  /** Null: 8788, or any that is free. */
  readonly page: number | null;
  /** Null: 8787, or any that is free. */
  readonly gateway: number | null;
}

export interface House extends AsyncDisposable {
  readonly pageUrl: string;
  readonly gatewayUrl: string;
}

const USUAL: Readonly<Record<keyof Ports, number>> = { page: 8788, gateway: 8787 };

/** Rejects with the system's error where a port that was asked for is not to be had. */
export async function openHouse(playground: Playground, ports: Ports): Promise<House> {
  try {
    return await opened(playground, { page: ports.page ?? USUAL.page, gateway: ports.gateway ?? USUAL.gateway });
  } catch (error) {
    // Another demonstration, or a gateway of the visitor's: neither is in the way where no port was asked for.
    const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    if (!isTaken || (ports.page !== null && ports.gateway !== null)) throw error;
    return opened(playground, { page: ports.page ?? 0, gateway: ports.gateway ?? 0 });
  }
}

async function opened(playground: Playground, ports: Readonly<Record<keyof Ports, number>>): Promise<House> {
  const pages = dashboardPages(playground);
  const { config } = loadConfig({
    file: { name: "demo.json", bytes: Buffer.from(fileOf(playground.formats, ports)) },
    env: {},
  });
  const gateway: Gateway = createGateway(config, {
    recloser: playground.recloser,
    mount: () => pages.mount(watchedTogether(playground.recloser, playground.replicas)),
    observe: (record) => playground.answeredByGateway(howOf(record)),
    logTo: { write: () => {} },
  });
  const close = async (): Promise<void> => {
    await pages.close();
    await gateway.close();
  };
  try {
    const { url, adminUrl } = await gateway.listen();
    const pageUrl = `${adminUrl ?? url}/`;
    playground.pointers = pointersTo(url, pageUrl);
    return { pageUrl, gatewayUrl: url, [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}

// A provider's own error is an answer to the gateway, and none to its caller.
function howOf({ end, refusal, status }: RequestRecord): "answered" | "rejected" | "failed" {
  if (refusal === "circuit_open") return "rejected";
  return end === "answered" && status < 400 ? "answered" : "failed";
}

function fileOf(formats: Formats, ports: Readonly<Record<keyof Ports, number>>): string {
  const { provider, model } = SIMULATED;
  const names = Object.keys(formats) as (keyof Formats)[];
  return JSON.stringify({
    listen: { port: ports.gateway },
    admin: { port: ports.page },
    targets: Object.fromEntries(
      names.map((format) => [
        `simulated-${format}`,
        {
          provider,
          format,
          baseUrl: formats[format].baseUrl,
          allowPrivate: true,
          // Whatever a program asks for is the one model that the replicas call, and its circuit theirs.
          models: { "*": model },
        },
      ]),
    ),
    routes: names.map((format) => ({ name: format, targets: [`simulated-${format}`] })),
    // Whoever plays with it waits for an answer that does not come: not for minutes.
    timeouts: { total: "60s" },
    drain: "1s",
  });
}
