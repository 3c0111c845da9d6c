/** What a gateway of several processes and its workers tell each other. */
import type { BreakerKey } from "recloser";
import type { GatewayConfig } from "../config/config.ts";

export type ToWorker =
  | { readonly type: "start"; readonly worker: number; readonly config: WireConfig; readonly generation: number }
  | { readonly type: "reload"; readonly config: WireConfig; readonly generation: number }
  | { readonly type: "measure"; readonly id: number }
  /** Slots of a client, as many as were free. */
  | { readonly type: "lent"; readonly id: number; readonly count: number }
  /** What a client has of slots that nobody has taken is wanted elsewhere. */
  | { readonly type: "recall"; readonly id: number; readonly generation: number; readonly client: string }
  | { readonly type: "stop" };

export type FromWorker =
  /** It hears: what is sent before is lost. */
  | { readonly type: "up" }
  | { readonly type: "listening"; readonly url: string }
  | { readonly type: "not-listening"; readonly error: WireError }
  | { readonly type: "reloaded"; readonly error: WireError | null }
  | { readonly type: "measured"; readonly id: number; readonly metrics: readonly object[] }
  /** A client's slots are taken here; a generation is a configuration, whose slots are counted by themselves. */
  | { readonly type: "borrow"; readonly id: number; readonly generation: number; readonly client: string }
  | { readonly type: "given-back"; readonly id: number; readonly count: number }
  /** It calls by a key that it has not called by before. */
  | { readonly type: "key"; readonly key: BreakerKey };

/** An error as it can be sent: what is said to an operator of it. */
export interface WireError {
  readonly message: string;
  readonly code: string | null;
  readonly port: number | null;
  readonly hostname: string | null;
}

/** A configuration without what cannot be sent. */
export interface WireConfig extends Omit<GatewayConfig, "targets"> {
  readonly targets: Readonly<Record<string, object & { readonly baseUrl: string }>>;
}

export function toWire(config: GatewayConfig): WireConfig {
  const targets = Object.entries(config.targets).map(([name, one]) => [name, { ...one, baseUrl: one.baseUrl.href }]);
  return { ...config, targets: Object.fromEntries(targets) as WireConfig["targets"] };
}

export function fromWire(config: WireConfig): GatewayConfig {
  const targets = Object.entries(config.targets).map(([name, one]) => [
    name,
    { ...one, baseUrl: new URL(one.baseUrl) },
  ]);
  return { ...config, targets: Object.fromEntries(targets) as GatewayConfig["targets"] };
}

export function toWireError(error: unknown): WireError {
  const { message, code, port, hostname } = error as Partial<WireError>;
  return { message: message ?? String(error), code: code ?? null, port: port ?? null, hostname: hostname ?? null };
}

export function fromWireError({ message, code, port, hostname }: WireError): Error {
  return Object.assign(new Error(message), {
    ...(code === null ? {} : { code }),
    ...(port === null ? {} : { port }),
    ...(hostname === null ? {} : { hostname }),
  });
}
