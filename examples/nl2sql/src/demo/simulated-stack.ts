/** What stands in for providers where no key is given: two simulated ones, behind a real gateway. */
import { createGateway } from "@recloser/gateway";
import { loadConfig } from "@recloser/gateway/config";
import { type Fault, simulatedProvider, type SimulatedProvider } from "recloser/testing";
import { simulatedModel } from "../golden/simulated-model.ts";
import type { ProviderOptions } from "../llm/providers.ts";

export const SIMULATED_NAMES = ["primary", "standby"] as const;
export type SimulatedName = (typeof SIMULATED_NAMES)[number];

export interface SimulatedStack {
  readonly gatewayUrl: string;
  /** For the agent: both through the gateway, told apart by the model. */
  readonly providers: readonly [ProviderOptions, ProviderOptions];
  readonly simulated: Readonly<Record<SimulatedName, SimulatedProvider>>;
  setFault(name: SimulatedName, fault: Fault | null): Promise<void>;
  close(): Promise<void>;
}

// As long as a small model takes for a line of SQL, so that a page shows who waits and who does not.
const LATENCY = { answer: 350, firstToken: 150 };

export async function simulatedStack(): Promise<SimulatedStack> {
  const options = { answer: simulatedModel, latency: LATENCY };
  const [primary, standby] = await Promise.all([simulatedProvider(options), simulatedProvider(options)]);
  const simulated = { primary, standby };
  const gateway = createGateway(gatewayConfig(simulated));
  const { url } = await gateway.listen();
  const provider = (name: SimulatedName): ProviderOptions => ({
    name,
    model: `simulated-${name}`,
    baseUrl: `${url}/v1`,
    apiKey: "none",
    simulated: true,
  });
  return {
    gatewayUrl: url,
    providers: [provider("primary"), provider("standby")],
    simulated,
    setFault: (name, fault) => simulated[name].setFault(fault),
    async close() {
      await gateway.close();
      await Promise.all([primary.close(), standby.close()]);
    },
  };
}

function gatewayConfig(simulated: SimulatedStack["simulated"]): Parameters<typeof createGateway>[0] {
  const targets = SIMULATED_NAMES.map((name) => [
    name,
    { provider: name, format: "openai", baseUrl: simulated[name].baseUrl, auth: "none", allowPrivate: true },
  ]);
  const file = {
    listen: { port: 0 },
    // The agent's own dashboard shows the same circuits from nearer by, and the port may be another gateway's.
    admin: false,
    log: { level: "silent" },
    targets: Object.fromEntries(targets),
    routes: SIMULATED_NAMES.map((name) => ({ name, models: [`simulated-${name}`], targets: [name] })),
    // The agent's own failover is quicker than a second try.
    retry: { perTarget: 0 },
  };
  return loadConfig({ file: { name: "ask.json", bytes: Buffer.from(JSON.stringify(file)) }, env: {} }).config;
}
