/** Loaded into a gateway that is looked into: notes what it is doing twice a millisecond, from one message to the next. */
import { Session } from "node:inspector";

const EVERY_US = 500;

const session = new Session();
session.connect();
session.post("Profiler.enable");
session.post("Profiler.setSamplingInterval", { interval: EVERY_US });
let runs = false;
process.on("message", () => {
  if (runs) session.post("Profiler.stop", (error, stopped) => process.send?.(error ?? stopped.profile));
  else session.post("Profiler.start", () => process.send?.(null));
  runs = !runs;
});
// The gateway's end is its own business.
process.channel?.unref();
