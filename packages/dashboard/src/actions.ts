/** What an operator may do to a breaker. */
import type { Breaker } from "recloser";
import { Problem } from "./http/problem.ts";
import type { Scene } from "./scene.ts";
import { shownText } from "./views/shown-text.ts";

type Body = Readonly<Record<string, unknown>>;

const DEFAULT_FOR_MS = 30 * 60_000;
const LONGEST_MS = 30 * 24 * 3_600_000;
const LONGEST_REASON = 500;

/** Who acts. @param known to whatever stands before the dashboard; null: what the body says */
export function actorIn(body: Body, known: string | null): string {
  if (known !== null && known.trim() !== "") return shownText(known, 100);
  return textIn(body, "by", 100, "who does this") ?? "dashboard";
}

/** Holds it open or closed. `{ mode, reason, forMs? }`: 30 minutes unless it says another time; null: until ended. */
export async function hold(breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["mode", "reason", "forMs", "by"]);
  const { mode } = body;
  if (mode !== "force-open" && mode !== "force-closed") throw bad("mode", '"force-open" or "force-closed"');
  const reason = textIn(body, "reason", LONGEST_REASON, "why, for those who find it held");
  if (reason === null) throw bad("reason", "a text: why, for those who find it held");
  const forMs = forMsIn(body);
  const options = { by, reason, ...(forMs === null ? {} : { for: forMs }) };
  await (mode === "force-open" ? breaker.forceOpen(options) : breaker.forceClosed(options));
}

/** `{ reason? }` */
export async function endHold(breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["reason", "by"]);
  await breaker.clearOverride({ by, ...reasonIn(body) });
}

/** `{ reason? }` */
export async function reset(breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["reason", "by"]);
  await breaker.reset({ by, ...reasonIn(body) });
}

/** `{ reason? }` */
export async function probeNow(breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["reason", "by"]);
  await breaker.probeNow({ by, ...reasonIn(body) });
}

/** Lets it only observe. `{ reason, forMs? }`: 30 minutes unless it says another time; null: until ended. */
export async function observe(scene: Scene, breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["reason", "forMs", "by"]);
  const reason = textIn(body, "reason", 300, "why, for those who find it so");
  if (reason === null) throw bad("reason", "a text: why, for those who find it so");
  scene.learn(await scene.policies.observe(breaker, by, reason, forMsIn(body)));
}

/** `{ reason? }` */
export async function enforce(scene: Scene, breaker: Breaker, body: Body, by: string): Promise<void> {
  checkNames(body, ["reason", "by"]);
  scene.learn(await scene.policies.enforce(breaker, by, textIn(body, "reason", 300, "why")));
}

function forMsIn(body: Body): number | null {
  const forMs = body["forMs"] === undefined ? DEFAULT_FOR_MS : body["forMs"];
  if (forMs === null || (typeof forMs === "number" && forMs >= 1_000 && forMs <= LONGEST_MS)) return forMs;
  throw bad("forMs", `milliseconds from 1000 to ${LONGEST_MS}, or null: until it is ended`);
}

function reasonIn(body: Body): { readonly reason?: string } {
  const reason = textIn(body, "reason", LONGEST_REASON, "why");
  return reason === null ? {} : { reason };
}

function textIn(body: Body, field: string, most: number, what: string): string | null {
  const value = body[field];
  if (value === undefined || value === null) return null;
  const text = typeof value === "string" ? shownText(value, most) : "";
  if (text === "") throw bad(field, `a text that is not empty: ${what}`);
  return text;
}

function checkNames(body: Body, known: readonly string[]): void {
  for (const name of Object.keys(body))
    if (!known.includes(name)) throw bad(shownText(name, 40), `one of ${known.join(", ")}`);
}

function bad(field: string, expected: string): Problem {
  return new Problem(400, "bad-field", `${field}: expected ${expected}`);
}
