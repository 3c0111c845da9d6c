/**
 * `npm run ask`: the application with everything it needs, by one command. With a question behind it
 * (`npm run ask -- "Revenue by category"`), it answers that one and ends.
 *
 * Without variables: sql.js, two simulated providers behind a gateway, circuits and queue in this process. `OPENAI_API_KEY`
 * (with `OPENAI_BASE_URL`, `MODEL`) takes a real provider, `STANDBY_*` a second one, `DATABASE_URL` PostgreSQL, `REDIS_URL`
 * circuits, saved questions and queue that replicas share.
 */
import { createDashboard } from "@recloser/dashboard";
import { nodeHandler } from "@recloser/dashboard/node";
import { answerOnce, COMMAND_HELP, commandIn } from "./command-line.ts";
import { type Composed, composed } from "./composed.ts";
import { outageRoutes } from "./demo/outage-routes.ts";
import { createApp } from "./http/app.ts";
import { pageRoutes } from "./http/page.ts";
import { type Settings, settingsIn } from "./settings.ts";

const DASHBOARD = "/dashboard";

const command = commandIn(process.argv.slice(2));
switch (command.is) {
  case "help":
    console.log(COMMAND_HELP);
    break;
  case "wrong":
    console.error(`${command.why}\n\n${COMMAND_HELP}`);
    process.exitCode = 2;
    break;
  case "question": {
    const application = await composed(settingsIn(process.env));
    process.exitCode = await answerOnce(application.agent, command, process);
    await application.close();
    break;
  }
  case "serve": {
    const settings = settingsIn(process.env);
    await serve(await composed(settings), settings);
  }
}

async function serve(application: Composed, settings: Settings): Promise<void> {
  const { agent, recloser, stack, parts } = application;
  const dashboard = createDashboard({ recloser, basePath: DASHBOARD, allowActions: true });
  const routes = { ...(await pageRoutes()), ...outageRoutes({ recloser, stack, parts, dashboard: `${DASHBOARD}/` }) };
  const server = createApp(agent, routes, { [DASHBOARD]: nodeHandler(dashboard) });
  const stop = async (exitCode: number): Promise<void> => {
    await dashboard.close();
    server.close();
    server.closeAllConnections();
    await application.close();
    process.exitCode = exitCode;
  };
  server.listen(settings.PORT, settings.HOST, () => {
    for (const [name, what] of Object.entries(parts)) console.log(`${name.padEnd(10)} ${what}`);
    const url = `http://${settings.HOST}:${(server.address() as { port: number }).port}`;
    console.log(`\nopen       ${url}\ndashboard  ${url}${DASHBOARD}/`);
  });
  server.on("error", (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === "EADDRINUSE" ? `port ${settings.PORT} is in use; choose another: PORT=8091` : String(error),
    );
    void stop(1);
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(0));
}
