/** What happens to circuits and to the store, as lines of the log: one for each change. */
import type { Recloser, TransitionEvent } from "recloser";
import type { Log } from "./log.ts";
import { shownText } from "./shown.ts";

/** Ends with the recloser's listeners: `signal`. */
export function logCircuits(recloser: Recloser, log: Log, signal: AbortSignal): void {
  recloser.on("transition", (event) => log[levelOf(event)](transitionFields(event), transitionText(event)), { signal });
  recloser.on(
    "hold",
    ({ key, kind, untilMs, step, atMs }) => {
      const name = shownText(key);
      const forMs = untilMs - atMs;
      log.warn({ event: "hold", key: name, kind, forMs, step }, `${name} is held for ${forMs} ms: ${kind}`);
    },
    { signal },
  );
  recloser.on(
    "override",
    ({ key, action, by, reason, untilMs }) => {
      const [name, who] = [shownText(key), shownText(by)];
      const why = reason === null ? null : shownText(reason);
      log.warn({ event: "override", key: name, action, by: who, reason: why, untilMs }, `${name}: ${action} by ${who}`);
    },
    { signal },
  );
  recloser.on(
    "policy",
    ({ key, option, value, by, reason, untilMs }) => {
      const [name, what] = [shownText(key), shownText(option)];
      const [who, why] = [by === null ? null : shownText(by), reason === null ? null : shownText(reason)];
      const set = value === null ? `${what} is the configuration's again` : `${what} is set by ${who ?? ""}`;
      log.warn({ event: "policy", key: name, option: what, value, by: who, reason: why, untilMs }, `${name}: ${set}`);
    },
    { signal },
  );
  recloser.on(
    "store",
    ({ mode, error }) => {
      if (mode === "shared" && error !== null)
        return log.warn({ event: "store", mode, error: error.name }, shownText(error.message));
      const level = mode === "shared" ? "info" : "warn";
      const code = error === null ? null : ((error as { readonly code?: string }).code ?? error.name);
      const text = mode === "shared" ? "the store answers" : "the store is away: circuits are this process's own";
      log[level]({ event: "store", mode, error: code }, text);
    },
    { signal },
  );
}

function levelOf({ to }: TransitionEvent): "info" | "warn" {
  return to === "open" ? "warn" : "info";
}

function transitionFields(event: TransitionEvent): Readonly<Record<string, unknown>> {
  const { from, to, reason, generation, cooldownMs, origin, scope, evidence } = event;
  const key = shownText(event.key);
  const by = shownText(event.by);
  return { event: "transition", key, from, to, reason, generation, cooldownMs, by, origin, scope, evidence };
}

function transitionText({ key, from, to, reason, evidence }: TransitionEvent): string {
  const why = evidence === null ? reason : evidence.summary;
  return shownText(`${key}: ${from} → ${to}, ${why}`);
}
