/** The time that recloser's instants are in, unless it was given a clock of its own: the wall read once, then monotonic. */
import type { Clock } from "recloser";

export const systemClock: Pick<Clock, "now"> = { now: () => performance.timeOrigin + performance.now() };
