/** A store that replicas share as a source. */
import { InvalidOptionError } from "recloser";
import type { KeptReplica } from "recloser/history";
import {
  changePolicy,
  type Inspection,
  type Operated,
  operate,
  type OperatorCommand,
  policiesIn,
  type PolicyPlace,
  readPolicies,
  readRecords,
} from "recloser/inspect";
import { printable } from "../../terminal/printable.ts";
import type { ChangeEvent } from "../changes.ts";
import { within } from "../within.ts";
import { noAudit, storeFailure, storeTimedOut } from "./failures.ts";
import { type OpenStore, openStore } from "./open-store.ts";
import type { StoreSettings } from "./options.ts";
import { passwordOf } from "./password.ts";
import { leaveOutWarnings } from "./library-warnings.ts";
import type { Audit, BreakerSource, PoliciesFound, PolicySource } from "./source.ts";

// As many as a store keeps.
const AUDIT_MOST = 1_000;

export class StoreSource implements BreakerSource {
  readonly label: string;
  readonly absence = "one that never failed has no record";
  readonly tellsChanges = false;
  readonly #opened: OpenStore;
  readonly #namespace: string;
  readonly #where: string;
  readonly #limitMs: number;
  readonly #stop: (() => void)[] = [];
  readonly policies?: PolicySource;

  /** @param goesOn whether it connects anew when the connection breaks, for a command that lasts */
  static async open(settings: StoreSettings, goesOn: boolean): Promise<StoreSource> {
    leaveOutWarnings();
    return new StoreSource(settings, await openStore(settings, await passwordOf(settings), goesOn));
  }

  private constructor({ url, namespace, limitMs }: StoreSettings, opened: OpenStore) {
    this.#where = `${url.protocol}//${url.host}`;
    this.label = `${this.#where}, namespace "${printable(namespace)}"`;
    this.#namespace = namespace;
    this.#limitMs = limitMs;
    this.#opened = opened;
    const place = policiesIn(opened.store, namespace);
    if (place === null) return;
    this.policies = {
      read: () => this.#ask(() => found(place)),
      change: (command) => this.#ask(() => changePolicy(place, command)),
    };
  }

  read(names?: readonly string[]): Promise<Inspection> {
    return this.#ask(() => readRecords(this.#opened.store, this.#namespace, names));
  }

  operate(name: string, command: OperatorCommand): Promise<Operated> {
    return this.#ask(() => operate(this.#opened.store, { namespace: this.#namespace, name }, command));
  }

  readonly audit = (): Promise<Audit> =>
    this.#ask(async () => {
      const { history } = this.#opened.store;
      if (history === undefined) throw noAudit(this.#where, "this kind of store has none");
      const { replicas } = await history.replicas(this.#namespace);
      const most = { withinMs: null, most: AUDIT_MOST, only: "overrides" } as const;
      return { ...(await history.events(this.#namespace, most)), writers: replicas.length };
    });

  async onChange(listener: (told: readonly ChangeEvent[]) => void): Promise<void> {
    try {
      this.#stop.push(await this.#ask(() => this.#opened.store.subscribe(this.#namespace, () => listener([]))));
    } catch {} // the looks that come by themselves find it out, a little later
  }

  async close(): Promise<void> {
    for (const stop of this.#stop) stop();
    try {
      await this.#opened.end();
    } catch {} // what hangs is left behind: the command has ended
  }

  async #ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      return await within(this.#limitMs, question(), () => storeTimedOut(this.#limitMs, this.#where));
    } catch (error) {
      if (InvalidOptionError.is(error)) throw error; // of the command's, not of the store's
      throw storeFailure(error, this.#where);
    }
  }
}

async function found(place: PolicyPlace): Promise<PoliciesFound> {
  const { history, namespace } = place;
  const told: Promise<readonly KeptReplica[] | null> =
    history === null
      ? Promise.resolve(null)
      : history.replicas(namespace).then(
          ({ replicas }) => replicas,
          () => null,
        );
  return { ...(await readPolicies(place)), replicas: await told };
}
