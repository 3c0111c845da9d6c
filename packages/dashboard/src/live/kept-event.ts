/** An event of a store's history as the page shows it. What others wrote is looked at before it is believed. */
import type { RecloserEvents } from "recloser";
import type { KeptEvent } from "recloser/history";
import { shownText } from "../views/shown-text.ts";
import type { NewEvent } from "./journal.ts";

/** @param aheadMs the store's clock minus this one @returns null for what another version may mean something by */
export function eventOf(kept: KeptEvent, aheadMs: number): NewEvent | null {
  const atMs = kept.atMs - aheadMs;
  const replica = shownText(kept.replica, 100);
  const { event } = kept;
  if (!Number.isFinite(atMs) || typeof event !== "object" || event === null) return null;
  const until = (forMs: number | null): number | null => (forMs === null ? null : atMs + forMs);
  switch (event.type) {
    case "transition": {
      const { type, key, from, to, reason, generation, cooldownMs, scope } = event;
      const evidence = event.evidence === null ? null : shownText(event.evidence);
      return {
        type,
        key,
        from,
        to,
        reason,
        generation,
        cooldownMs,
        scope,
        evidence,
        by: shownText(event.by),
        replica,
        atMs,
      };
    }
    case "hold":
      return { type: "hold", key: event.key, kind: event.kind, untilMs: atMs + event.forMs, replica, atMs };
    case "override": {
      const { type, key, action, forMs } = event;
      const reason = event.reason === null ? null : shownText(event.reason);
      return { type, key, action, by: shownText(event.by), reason, untilMs: until(forMs), replica, atMs };
    }
    case "probe": {
      const { type, key, result, durationMs } = event;
      return { type, key, result, by: shownText(event.by), durationMs, replica, atMs };
    }
    case "policy":
      return policyEvent(event, replica, atMs, until(event.forMs));
    case "store":
      return {
        type: "store",
        mode: event.mode,
        error: event.error === null ? null : shownText(event.error),
        replica,
        atMs,
      };
    default:
      return null;
  }
}

type PolicyEvent = Extract<KeptEvent["event"], { readonly type: "policy" }>;

function policyEvent(event: PolicyEvent, replica: string, atMs: number, untilMs: number | null): NewEvent | null {
  const { key, action, options } = event;
  if (typeof key !== "string" || typeof options !== "object" || options === null) return null;
  const [by, reason] = [shownText(event.by), shownText(event.reason)];
  return {
    type: "policy",
    key: shownText(key, 200),
    action,
    options: shownOptions(options),
    by,
    reason,
    untilMs,
    replica,
    atMs,
  };
}

/** The same of what this process learnt itself. */
export function policyTold(
  { key, option, value, by, reason, untilMs, atMs }: RecloserEvents["policy"],
  replica: string,
): NewEvent {
  const action = value === null ? "unset" : "set";
  const why = reason === null ? "taken back, or over" : shownText(reason);
  const options = shownOptions({ [option]: value });
  return {
    type: "policy",
    key: shownText(key, 200),
    action,
    options,
    by: shownText(by ?? replica),
    reason: why,
    untilMs,
    replica,
    atMs,
  };
}

/** Of whatever was written, names and values that may be shown. */
export function shownOptions(options: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(options)
      .slice(0, 50)
      .map(([option, value]) => [shownText(option, 40), typeof value === "string" ? shownText(value, 100) : value]),
  );
}
