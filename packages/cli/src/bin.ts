#!/usr/bin/env node
import { main } from "./main.ts";

// A reader that has gone (`recloser demo | head`) is no fault of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv.slice(2), process);
