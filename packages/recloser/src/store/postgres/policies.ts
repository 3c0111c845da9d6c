/** The fleet's policies in PostgreSQL: a column of the namespace's row. */
import { StoreError } from "../../errors.ts";
import {
  FLEET_OPTIONS_MOST,
  type FleetOption,
  type FleetOptions,
  type PolicyChange,
  type StorePolicies,
} from "../fleet-policy.ts";
import { answerOf } from "./record-facts.ts";
import { jsonOf, keptName, nameOf } from "./text.ts";

type Ask = (name: string, types: readonly string[], values: readonly unknown[]) => Promise<unknown>;

interface Written {
  readonly code?: string;
  readonly nowMs: number;
  readonly options: Readonly<Record<string, Omit<FleetOption, "pattern" | "option">>>;
}

const TYPES = ["text", "text", "text", "boolean", "text", "double precision", "integer", "jsonb"] as const;

export class PostgresPolicies implements StorePolicies {
  readonly #ask: Ask;

  /** @param ask calls a function of the schema's */
  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async read(namespace: string): Promise<FleetOptions> {
    try {
      return optionsOf(answerOf(await this.#ask("policies", ["text"], [keptName(namespace)])) as Written);
    } catch (error) {
      if (isMissing(error)) return { nowMs: 0, options: [] }; // a schema of before: nobody has set any
      throw error;
    }
  }

  async change(namespace: string, change: PolicyChange): Promise<FleetOptions> {
    const { pattern, options, clears, by, reason, forMs } = change;
    const changes = Object.entries(options).map(([option, value]) => [option, value === null ? null : { value }]);
    const values = [keptName(namespace), keptName(by), keptName(pattern), clears, keptName(reason), forMs];
    let answer: Written;
    try {
      const given = [...values, FLEET_OPTIONS_MOST, jsonOf(Object.fromEntries(changes))];
      answer = answerOf(await this.#ask("change_policy", TYPES, given)) as Written;
    } catch (error) {
      if (!isMissing(error)) throw error;
      throw new StoreError("the schema keeps no policies yet: npx @recloser/cli migrate", { cause: error });
    }
    if (answer.code === "full")
      throw new StoreError(`there are more than ${FLEET_OPTIONS_MOST} options in the fleet's policies`);
    return optionsOf(answer);
  }
}

// The function is not there (https://www.postgresql.org/docs/current/errcodes-appendix.html).
function isMissing(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if ((inner as Error & { readonly code?: unknown }).code === "42883") return true;
  return false;
}

function optionsOf({ nowMs, options: written }: Written): FleetOptions {
  const options = Object.entries(written).map(([name, { by, reason, ...rest }]) => {
    const space = name.indexOf(" ");
    const [option, pattern] = [name.slice(0, space), nameOf(name.slice(space + 1))];
    return { pattern, option, ...rest, by: nameOf(by), reason: nameOf(reason) };
  });
  return { nowMs, options };
}
