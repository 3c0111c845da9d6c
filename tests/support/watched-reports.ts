/** The reports that arrive at a Redis, as its own MONITOR tells of them. */
import { once } from "node:events";
import { connect } from "node:net";
import { onTestFinished } from "vitest";

const REPORT = /"eval(?:sha)?" .*\\"type\\":\\"report\\",\\"id\\":\\"([^"\\]+)/i;

/** Calls `seen` with the id of each report that arrives, from now until the test is over. */
export async function watchReports(port: number, seen: (id: string) => void): Promise<void> {
  // By a socket of its own: a client library may take the first line of what it watches for the answer to another command.
  const watcher = connect(port, "127.0.0.1");
  onTestFinished(() => void watcher.destroy());
  watcher.write("MONITOR\r\n");
  let rest = "";
  watcher.on("data", (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const id = REPORT.exec(line)?.[1];
      if (id !== undefined) seen(id);
    }
  });
  await once(watcher, "data"); // it watches
}
