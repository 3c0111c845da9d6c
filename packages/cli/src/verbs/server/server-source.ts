/** A running gateway, or a dashboard, as a source: what one replica knows, asked over its admin port. */
import type { Inspection, Operated, OperatorCommand, StoredRecord } from "recloser/inspect";
import { CommandFailure } from "../../command-failure.ts";
import { EXIT } from "../../exit-code.ts";
import type { Shell } from "../../shell.ts";
import type { ChangeEvent } from "../changes.ts";
import { quoted } from "../names.ts";
import type { Audit, BreakerSource } from "../source/source.ts";
import { standingOf } from "../standing.ts";
import { AdminApi, type Question } from "./admin-api.ts";
import { auditIn, recordIn, recordsIn } from "./answers.ts";
import { noRecloser } from "./failures.ts";
import { followStream } from "./follow-stream.ts";
import type { ServerSettings } from "./options.ts";
import { ToldChanges } from "./told-changes.ts";
import { tokenOf } from "./token.ts";

interface Seen {
  readonly etag: string;
  readonly record: StoredRecord;
}

export class ServerSource implements BreakerSource {
  readonly label: string;
  readonly absence = "a gateway knows those that its requests have had since it started";
  readonly tellsChanges = true;
  readonly #api: AdminApi;
  // As whoever acts has seen them.
  #seen: ReadonlyMap<string, Seen> = new Map();
  #firstMs: number | null = null;
  #following: Promise<void> = Promise.resolve();

  static async open(shell: Pick<Shell, "stdin">, settings: ServerSettings): Promise<ServerSource> {
    return new ServerSource(new AdminApi(settings.url, await tokenOf(shell, settings), settings.limitMs));
  }

  private constructor(api: AdminApi) {
    this.#api = api;
    this.label = api.where;
  }

  async read(names?: readonly string[]): Promise<Inspection> {
    const { json } = await this.#api.ask("records");
    const found = recordsIn(json);
    if (found === null) throw noRecloser(this.#api.where, "JSON of another kind");
    const { nowMs, records } = found.inspection;
    this.#seen = new Map(records.map((record) => [record.name, { record, etag: found.etags.get(record.name) ?? "" }]));
    this.#firstMs ??= nowMs;
    const wanted = names === undefined ? null : new Set(names);
    return { nowMs, records: wanted === null ? records : records.filter(({ name }) => wanted.has(name)) };
  }

  async operate(name: string, command: OperatorCommand): Promise<Operated> {
    const seen = this.#seen.get(name) ?? null;
    const { path, ...question } = questionFor(name, command);
    const headers = { "if-match": seen?.etag ?? "*" };
    const { refused, json } = await this.#api.ask(path, { ...question, headers }, [404, 412]);
    if (refused?.code === "no-such-breaker") throw this.#missing(name);
    if (refused !== null) throw await this.#conflict(name);
    const done = recordIn(json);
    if (done === null) throw noRecloser(this.#api.where, "JSON of another kind");
    const before = seen?.record ?? null;
    const changed = before === null || concerns(command, before);
    // What is done there, it writes down itself.
    return { before, after: done.record, nowMs: done.nowMs, changed, audited: null };
  }

  readonly audit = async (): Promise<Audit> => {
    const { json } = await this.#api.ask("audit");
    const found = auditIn(json);
    if (found === null) throw noRecloser(this.#api.where, "JSON of another kind");
    return found;
  };

  onChange(listener: (told: readonly ChangeEvent[]) => void): Promise<void> {
    const told = new ToldChanges(this.#firstMs ?? 0);
    this.#following = followStream(this.#api, (message) => {
      if (message.event !== "beat") listener(told.in(message));
    });
    return Promise.resolve();
  }

  async close(): Promise<void> {
    this.#api.close();
    await this.#following;
  }

  #missing(name: string): CommandFailure {
    return new CommandFailure(
      EXIT.noSuchBreaker,
      `${this.#api.where} has no breaker ${quoted(name)}: ${this.absence}\nWhere replicas share a store, it is held there before any has it: -s, and --new.`,
    );
  }

  // What somebody decided on what they saw must not hit what it has become since.
  async #conflict(name: string): Promise<CommandFailure> {
    const { records } = await this.read([name]);
    const [record] = records;
    const now = record === undefined ? "" : `: it is ${standingOf(record).word} now`;
    return new CommandFailure(
      EXIT.failed,
      `${quoted(name)} has changed since it was looked at${now}\nNothing was done to it. Look (recloser status), and decide again.`,
    );
  }
}

function questionFor(name: string, command: OperatorCommand): Question & { readonly path: string } {
  const path = `breakers/${encoded(name)}`;
  const { by } = command;
  switch (command.type) {
    case "force-open":
    case "force-closed": {
      const { type: mode, reason, for: forMs = null } = command;
      if (typeof forMs === "string") throw new TypeError("a command line gives the time of a hold in milliseconds");
      return { method: "POST", path: `${path}/override`, body: { mode, reason, forMs, by } };
    }
    case "clear-override":
      return { method: "DELETE", path: `${path}/override`, body: { by } };
    case "reset":
      return { method: "POST", path: `${path}/reset`, body: { by } };
    case "probe-now":
      return { method: "POST", path: `${path}/probe`, body: { by } };
  }
}

function encoded(name: string): string {
  try {
    return encodeURIComponent(name);
  } catch {
    throw new CommandFailure(EXIT.noSuchBreaker, `no breaker ${quoted(name)}: half of a character is in its name`);
  }
}

function concerns(command: OperatorCommand, { override, state }: StoredRecord): boolean {
  if (command.type === "clear-override") return override !== null;
  return command.type === "probe-now" ? state === "open" : true;
}
