#!/usr/bin/env node
import { main } from "./main.ts";

// A reader that has gone (`recloser demo | head`) is no fault of ours. A server outlives whoever read what it says.
const serves = ["serve", "dashboard"].includes(process.argv[2] ?? "");
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    if (!serves && stream === process.stdout) process.exit(0);
  });
process.exitCode = await main(process.argv.slice(2), process);
