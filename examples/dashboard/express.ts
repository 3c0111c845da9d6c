/** Express 5, also behind a body parser. */
import type { Dashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import express, { type Express } from "express";

/** @param dashboard made with `basePath: "/breakers"` */
export function createApp(dashboard: Dashboard): Express {
  const app = express();
  app.use(express.json());
  app.get("/", (_request, response) => void response.send("the application"));
  app.use("/breakers", nodeHandler(dashboard));
  return app;
}
