/**
 * A live page of what is open, why and until when, with the API behind it, as one `Request → Response` handler.
 *
 * @example
 * import { createRecloser } from "recloser";
 * import { createDashboard } from "@recloser/dashboard";
 *
 * const recloser = createRecloser();
 * const dashboard = createDashboard({ recloser, basePath: "/breakers" });
 * app.all("/breakers/*", (c) => dashboard(c.req.raw)); // Hono
 */
export { createDashboard } from "./dashboard.ts";
export type { Dashboard } from "./dashboard.ts";
export type { DashboardOptions } from "./options.ts";
export type {
  DemoCounts,
  Demonstration,
  DemoNow,
  DemoPointer,
  DemoReplica,
  DemoSecond,
  DemoSwitch,
  DemoView,
  DemoWish,
} from "./views/demo.ts";
export type {
  BreakerView,
  EventView,
  HoldView,
  OverrideView,
  RecordView,
  ReplicaView,
  SamplePoint,
  TripRules,
} from "./views/wire.ts";
