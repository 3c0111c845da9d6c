/** Fastify 5: in a plugin of its own, where bodies are left to the dashboard. */
import type { Dashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import fastify, { type FastifyInstance } from "fastify";

/** @param dashboard made with `basePath: "/breakers"` */
export function createApp(dashboard: Dashboard): FastifyInstance {
  const app = fastify();
  app.get("/", () => "the application");
  app.register(async (scope) => {
    const handle = nodeHandler(dashboard);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    for (const url of ["/breakers", "/breakers/*"])
      scope.all(url, async (request, reply) => {
        reply.hijack();
        await handle(request.raw, reply.raw);
      });
  });
  return app;
}
