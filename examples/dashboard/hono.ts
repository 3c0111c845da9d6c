/** Hono has web requests, and so does the dashboard. */
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Dashboard } from "@recloser/dashboard";
import { Hono } from "hono";

/** @param dashboard made with `basePath: "/breakers"` */
export function createApp(dashboard: Dashboard): Hono {
  const app = new Hono();
  app.get("/", (c) => c.text("the application"));
  // Who asks is told too: without tokens, other machines are refused by their address.
  app.all("/breakers/*", (c) => dashboard(c.req.raw, { remoteAddress: getConnInfo(c).remote.address }));
  return app;
}
