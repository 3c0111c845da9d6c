/** The policies of the whole fleet, as far as a page shows and changes them: where values come from, and observe mode. */
import { InvalidOptionError, type Breaker, type Recloser } from "recloser";
import {
  changePolicy,
  fleetOptionsOf,
  freshPolicies,
  type FleetOption,
  type GivenPolicy,
  policiesIn,
  policiesOf,
  policyNameOf,
  type PolicyPlace,
  policyRows,
  type PolicyRow,
  policySources,
  type PolicyCommand,
} from "recloser/inspect";
import { historyOf } from "recloser/history";
import { Problem } from "./http/problem.ts";
import type { Fleet } from "./live/fleet.ts";
import { shownOptions } from "./live/kept-event.ts";
import type { NewEvent } from "./live/journal.ts";
import type { Settings } from "./options.ts";
import { shownText } from "./views/shown-text.ts";
import type { BreakerView, PolicyOptionView } from "./views/wire.ts";

const ANSWER_WITHIN_MS = 2_000;

export class Policies {
  readonly #place: PolicyPlace | null;
  readonly #recloser: Recloser;
  readonly #fleet: Fleet | null;
  readonly #isOutside: boolean;
  readonly #nowMs: () => number;
  /** Something is being changed from here, which is told with who did it. */
  isActing = false;

  /** @param recloser this process's, which may be one of the fleet or only look at it */
  constructor({ shows, clock }: Settings, recloser: Recloser, fleet: Fleet | null) {
    this.#isOutside = "store" in shows;
    this.#place =
      "store" in shows
        ? policiesIn(shows.store, shows.namespace)
        : policiesOf(recloser, historyOf(recloser)?.history ?? null);
    this.#recloser = recloser;
    this.#fleet = fleet;
    this.#nowMs = () => clock.now();
  }

  /** Of a breaker that only replicas have; null: as this process has it. */
  modeOf(key: string): BreakerView["mode"] | null {
    if (!this.#isOutside) return null;
    const given = this.#fleet?.givenOf(key) ?? null;
    if (given === null) return null;
    const mode = policyRows(key, given, this.#known()).find(({ option }) => option === "mode")?.value;
    return mode === "observe" || mode === "off" ? mode : "enforce";
  }

  /** Every option of a breaker, by what this process has read. */
  view(breaker: Breaker): { readonly isCodeKnown: boolean; readonly options: readonly PolicyOptionView[] } {
    const given = this.#givenTo(breaker);
    const rows = policyRows(policyNameOf(breaker), given, this.#known());
    return { isCodeKnown: given !== null, options: rows.map(shownRow) };
  }

  #givenTo(breaker: Breaker): GivenPolicy | null {
    return this.#isOutside ? (this.#fleet?.givenOf(breaker.name) ?? null) : policySources(this.#recloser, breaker);
  }

  #known(): readonly FleetOption[] {
    return fleetOptionsOf(this.#recloser);
  }

  /** Lets a breaker only observe, in all replicas. @returns what is to be told of it */
  async observe(breaker: Breaker, by: string, reason: string, forMs: number | null): Promise<NewEvent> {
    this.#refuseOwn(breaker);
    const pattern = patternFor(breaker);
    const time = forMs === null ? {} : { for: forMs };
    return this.#change({ type: "set", pattern, options: { mode: "observe" }, by, reason, ...time });
  }

  /** Lets it enforce again: without what was set for it, or, where more than that lets it observe, by setting it so. */
  async enforce(breaker: Breaker, by: string, reason: string | null): Promise<NewEvent> {
    this.#refuseOwn(breaker);
    const pattern = patternFor(breaker);
    const others = this.#known().filter((one) => one.pattern !== pattern || one.option !== "mode");
    const mode = policyRows(pattern, this.#givenTo(breaker), others).find(({ option }) => option === "mode");
    const why = reason === null ? {} : { reason };
    if ((mode?.value ?? "enforce") === "enforce")
      return this.#change({ type: "unset", pattern, options: ["mode"], by, ...why });
    return this.#change({ type: "set", pattern, options: { mode: "enforce" }, by, reason: reason ?? "enforce again" });
  }

  #refuseOwn(breaker: Breaker): void {
    if (this.#place === null)
      throw new Problem(409, "no-policies", "this store keeps no policies: the mode is what the code says");
    if (Object.hasOwn(this.#givenTo(breaker)?.own ?? {}, "mode"))
      throw new Problem(
        409,
        "own-option",
        "this breaker was made with a mode of its own, which is over what is set here",
      );
  }

  async #change(command: PolicyCommand): Promise<NewEvent> {
    const place = this.#place as PolicyPlace;
    this.isActing = true;
    try {
      await within(changePolicy(place, command), ANSWER_WITHIN_MS);
      await freshPolicies(this.#recloser);
    } catch (error) {
      if (InvalidOptionError.is(error)) throw new Problem(400, "bad-field", shownText(error.message));
      throw new Problem(503, "store-away", "the store did not take it: it is not known whether it was done");
    } finally {
      this.isActing = false;
    }
    const { type, pattern: key, by } = command;
    const atMs = this.#nowMs();
    const options =
      type === "set" ? command.options : Object.fromEntries((command.options ?? []).map((one) => [one, null]));
    const untilMs = type === "set" && typeof command.for === "number" ? atMs + command.for : null;
    const reason = command.reason ?? "taken back";
    return { type: "policy", key, action: type, options, by, reason, untilMs, replica: "operator", atMs };
  }
}

// A star in a name would mean others, too.
function patternFor(breaker: Breaker): string {
  const name = policyNameOf(breaker);
  if (!name.includes("*")) return name;
  throw new Problem(409, "glob-in-name", "its name has a *, which would mean other breakers too: recloser policy set");
}

function shownRow({ option, value, from, fleet }: PolicyRow): PolicyOptionView {
  const shown = (one: unknown): unknown =>
    typeof one === "function" ? "(a function)" : Object.values(shownOptions({ one }))[0];
  return {
    option: shownText(option, 40),
    value: shown(value),
    from,
    fleet:
      fleet === null
        ? null
        : {
            ...{ pattern: shownText(fleet.pattern, 200), value: shown(fleet.value) },
            ...{ by: shownText(fleet.by, 100), reason: shownText(fleet.reason) },
            ...{ atMs: fleet.atMs, untilMs: fleet.untilMs },
          },
  };
}

function within<T>(answer: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("no answer in time")), ms);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
