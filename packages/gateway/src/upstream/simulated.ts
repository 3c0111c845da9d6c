/** The built-in simulated provider: what a target is that has `sim:` for its base URL. Loaded and started only where one is. */
import type { SimulatedProvider } from "recloser/testing";
import type { TargetConfig } from "../config/config.ts";

type Targets = Readonly<Record<string, TargetConfig>>;

export interface Simulators {
  /** By the target's name; to set faults and to see what was asked. */
  readonly providers: ReadonlyMap<string, SimulatedProvider>;
  /** The targets, with those of the simulated providers where these listen. */
  locate(targets: Targets): Targets;
  /** Starts those that are new. */
  start(targets: Targets): Promise<void>;
  close(): Promise<void>;
}

export function isSimulated({ baseUrl }: Pick<TargetConfig, "baseUrl">): boolean {
  return baseUrl.protocol === "sim:";
}

export function simulators(): Simulators {
  const providers = new Map<string, SimulatedProvider>();
  return {
    providers,
    async start(targets) {
      for (const { name, format, baseUrl } of Object.values(targets)) {
        if (!isSimulated({ baseUrl }) || providers.has(name)) continue;
        const { simulatedProvider } = await import("recloser/testing");
        providers.set(name, await simulatedProvider({ dialect: format }));
      }
    },
    locate: (targets) =>
      Object.fromEntries(
        Object.entries(targets).map(([name, target]) => {
          const provider = isSimulated(target) ? providers.get(target.name) : undefined;
          if (provider === undefined) return [name, target];
          return [name, { ...target, baseUrl: new URL(provider.baseUrl), allowPrivate: true }];
        }),
      ),
    async close() {
      await Promise.all([...providers.values()].map((provider) => provider.close()));
    },
  };
}
