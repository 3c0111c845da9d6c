/** The event stream (Server-Sent Events) as an answer. */
import { Problem } from "../http/problem.ts";
import type { Feed } from "../live/feed.ts";
import type { Role } from "../views/wire.ts";

/** @throws Problem 503 when too many are reading */
export function streamResponse(feed: Feed, request: Request, role: Role): Response {
  if (feed.isFull) throw new Problem(503, "too-many-readers", "too many pages are open", { "retry-after": "5" });
  return new Response(feed.read(role, request.headers.get("last-event-id"), request.signal), {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      // A proxy that collects answers would show a trip when nobody needs it any more.
      "x-accel-buffering": "no",
    },
  });
}
