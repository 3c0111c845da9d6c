/** The gateway, for those who start it from a program of their own. */
export { createGateway, type Gateway, type GatewayOptions } from "./gateway.ts";
export type { RequestRecord } from "./attempts/request-record.ts";
export type { GatewayConfig } from "./config/config.ts";
