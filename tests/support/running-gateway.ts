/** A gateway in this process, closed with its test. */
import { createGateway, type GatewayOptions, type RequestRecord } from "@recloser/gateway";
import type { Gateway } from "@recloser/gateway";
import type { GatewayConfig } from "../../packages/gateway/src/config/config.ts";

export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  /** Of the admin listener; empty where there is none. */
  readonly adminUrl: string;
  readonly gateway: Gateway;
  /** Of the requests that are over. */
  readonly records: readonly RequestRecord[];
  /** Errors of the gateway's own; a test that expects none looks. */
  readonly defects: readonly unknown[];
}

export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<TestGateway> {
  const records: RequestRecord[] = [];
  const defects: unknown[] = [];
  const gateway = createGateway(config, {
    observe: (record) => void records.push(record),
    onDefect: (error) => void defects.push(error),
    ...options,
  });
  const { url, adminUrl } = await gateway.listen();
  return { url, adminUrl: adminUrl ?? "", gateway, records, defects, [Symbol.asyncDispose]: () => gateway.close() };
}
