/** What is said of a circuit to people who are not looking: that it tripped, that it closed, or how often it did both. */
import type { TransitionEvent } from "recloser";
import { shownText } from "../telemetry/shown.ts";

/** `flapping`: more than one outage in an interval, told as one. */
export type AlertKind = "opened" | "closed" | "flapping";

export interface Alert {
  readonly kind: AlertKind;
  /** The latest change that it tells of. */
  readonly last: TransitionEvent;
  /** Of `flapping`: how often it tripped since the last message, and the time that is spoken of. */
  readonly trips: number;
  readonly intervalMs: number;
}

/** One line: which circuit, what happened, on what evidence. Names come from callers, so they are bounded and obeyed by nobody. */
export function alertText({ kind, last, trips, intervalMs }: Alert): string {
  const name = shownText(last.key);
  const where = last.scope === "local" ? ` In the process ${shownText(last.by)} alone: the store is away.` : "";
  switch (kind) {
    case "opened":
      return `✖ ${name} is open: ${whyOf(last)}.${nextProbe(last)}${where}`;
    case "closed":
      return `● ${name} is closed again: ${closedBy(last)}.${where}`;
    case "flapping": {
      const times = trips === 1 ? "once more" : `${trips} times`;
      const now = last.to === "open" ? "✖" : "●";
      return `${now} ${name} is flapping: it tripped ${times} in ${inWords(intervalMs)}, and is ${last.to} now.${where}`;
    }
  }
}

function whyOf({ evidence, reason }: TransitionEvent): string {
  return shownText(evidence?.summary ?? reason).replace(/\.$/, "");
}

function nextProbe({ cooldownMs }: TransitionEvent): string {
  return cooldownMs === null ? "" : ` Next probe in ${inWords(cooldownMs)}.`;
}

function closedBy({ reason, by }: TransitionEvent): string {
  if (reason === "probe-passed") return "its probe passed";
  return reason === "reset" ? `reset by ${shownText(by)}` : reason;
}

function inWords(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}

/** For programs. The same in all deliveries of one alert, so that whoever gets it twice can tell. */
export function alertBody(alert: Alert, id: string, namespace: string): object {
  const { kind, last, trips, intervalMs } = alert;
  const { key, from, to, reason, generation, cooldownMs, by, atMs, scope, evidence } = last;
  return {
    type: "recloser.alert",
    version: 1,
    id,
    kind,
    key: shownText(key),
    namespace,
    state: to,
    transition: { from, to, reason, generation, cooldownMs, by: shownText(by), atMs, scope, evidence },
    flapping: kind === "flapping" ? { trips, intervalMs } : null,
    text: alertText(alert),
  };
}

/** For Slack, and for what takes Slack's messages: Mattermost, Rocket.Chat, Discord under `/slack`. */
export function slackBody(alert: Alert, namespace: string): object {
  const text = escaped(alertText(alert));
  const context = escaped(`recloser, namespace ${namespace}`);
  return {
    text,
    blocks: [
      { type: "section", text: { type: "mrkdwn", text } },
      { type: "context", elements: [{ type: "plain_text", text: context }] },
    ],
  };
}

// What Slack would read as a mention or a link, such as <!channel>: a model's name is any caller's text.
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
