/** The gateway, for those who start it from a program of their own. */
export type { GatewayConfig } from "./config/config.ts";
