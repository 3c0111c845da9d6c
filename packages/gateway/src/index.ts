/** The gateway, for those who start it from a program of their own. */
export type { Access, Role } from "./admin/access.ts";
export type { AdminApp, Readiness } from "./admin/admin.ts";
export { createGateway, type Gateway, type GatewayOptions, type Listening, type Serving } from "./gateway.ts";
export { createFleet } from "./workers/fleet.ts";
export type { RequestRecord } from "./attempts/request-record.ts";
export type { GatewayConfig } from "./config/config.ts";
