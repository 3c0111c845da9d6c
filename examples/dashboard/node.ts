/** node:http alone. */
import { createServer, type Server } from "node:http";
import type { Dashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";

/** @param dashboard made with `basePath: "/breakers"` */
export function createApp(dashboard: Dashboard): Server {
  const handle = nodeHandler(dashboard);
  return createServer((request, response) => {
    if (/^\/breakers(\/|\?|$)/.test(request.url ?? "")) return void handle(request, response);
    response.end("the application");
  });
}
