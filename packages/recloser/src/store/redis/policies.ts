/** The fleet's policies in Redis: one hash of a namespace, in the slot of its records. */
import { StoreError } from "../../errors.ts";
import {
  FLEET_OPTIONS_MOST,
  type FleetOption,
  type FleetOptions,
  inForce,
  type PolicyChange,
  type StorePolicies,
} from "../fleet-policy.ts";
import { Keys } from "./keys.ts";
import type { Script } from "./port.ts";
import { SCRIPTS } from "./scripts.generated.ts";

type Run = (
  namespace: string,
  script: Script,
  keys: readonly string[],
  args: readonly string[],
) => Promise<readonly unknown[]>;

export class RedisPolicies implements StorePolicies {
  readonly #run: Run;
  readonly #tell: (flags: string, namespace: string) => void;

  /** @param tell of what a script had to set aside, or was not let do */
  constructor(run: Run, tell: (flags: string, namespace: string) => void) {
    this.#run = run;
    this.#tell = tell;
  }

  async read(namespace: string): Promise<FleetOptions> {
    const [now, ...flat] = await this.#run(namespace, SCRIPTS.policies, [new Keys(namespace).policies], []);
    return optionsOf(Number(now), flat);
  }

  async change(namespace: string, change: PolicyChange): Promise<FleetOptions> {
    const { pattern, options, clears, by, reason, forMs } = change;
    const keys = new Keys(namespace);
    const texts = Object.entries(options).map(([option, value]) =>
      value === null ? [option] : [option, JSON.stringify({ value, by, reason })],
    );
    const [code, now, flags, ...flat] = await this.#run(
      namespace,
      SCRIPTS["change-policy"],
      [keys.policies, ...keys.ofChanges],
      [
        pattern,
        by,
        keys.channel,
        clears ? "1" : "",
        forMs === null ? "" : String(forMs),
        String(FLEET_OPTIONS_MOST),
        JSON.stringify(texts),
      ],
    );
    if (String(flags) !== "") this.#tell(String(flags), namespace);
    if (String(code) === "full")
      throw new StoreError(`there are more than ${FLEET_OPTIONS_MOST} options in the fleet's policies`);
    return optionsOf(Number(now), flat);
  }
}

function optionsOf(nowMs: number, flat: readonly unknown[]): FleetOptions {
  const options: FleetOption[] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) {
    const one = optionOf(String(flat[at]), String(flat[at + 1]));
    if (one !== null) options.push(one);
  }
  return { nowMs, options: inForce(options, nowMs) };
}

// What somebody else has written, or another version, is left out.
function optionOf(field: string, text: string): FleetOption | null {
  const [, option, pattern] = /^(\S+) (.+)$/s.exec(field) ?? [];
  const [, since, until, json] = /^(\S+) (\S+) (.+)$/s.exec(text) ?? [];
  if (option === undefined || pattern === undefined || json === undefined) return null;
  const [atMs, untilMs] = [Number(since), until === "-" ? null : Number(until)];
  if (!Number.isFinite(atMs) || Number.isNaN(untilMs)) return null;
  try {
    const { value, by, reason } = JSON.parse(json) as Readonly<Record<string, unknown>>;
    return typeof by === "string" && typeof reason === "string" && value !== undefined
      ? { pattern, option, value, by, reason, atMs, untilMs }
      : null;
  } catch {
    return null;
  }
}
