import { admits, type Area, calls, ends, passes, rejects, scenario, stateIs, status, trips } from "../scenario.ts";

const hangs = [admits("hanging"), passes(10_100)];

export const classification: Area = {
  name: "Classification",
  scenarios: [
    scenario(
      "classes.ignored",
      "Errors that were declared to be the caller's do not open the circuit",
      [calls(12, status(400)), stateIs("closed")],
      { declaresCallerErrors: true },
    ),
    scenario(
      "classes.no-success",
      "Errors that were declared to be the caller's are no successes, and hide no outage",
      [calls(12, status(400)), trips(), stateIs("open")],
      { declaresCallerErrors: true, windowMs: 30_000 },
    ),
    scenario(
      "classes.thrown",
      "A caller's error reaches its caller",
      [admits("bad request"), ends("bad request", status(400), "failed")],
      { declaresCallerErrors: true },
    ),
    scenario(
      "classes.timeout",
      "Calls that run into the library's time limit are failures",
      [hangs, hangs, hangs, hangs, stateIs("open")].flat(),
      { timeoutMs: 10_000, windowMs: 60_000 },
    ),
    scenario(
      "classes.built-in",
      "Knows a caller's error by its status, without being told",
      [calls(12, status(400)), stateIs("closed")],
      { needs: ["known statuses"] },
    ),
    scenario(
      "classes.rate-limit",
      "A 429 stops calls for the time that it names, and does not open the circuit",
      [
        calls(1, status(429, 20)),
        passes(15_000),
        rejects("too early"),
        stateIs("closed"),
        passes(6_000),
        admits("next"),
      ],
      { needs: ["known statuses", "retry hints"] },
    ),
  ],
};
