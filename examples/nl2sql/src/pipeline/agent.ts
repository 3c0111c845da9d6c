/** From a question to an answer, and down the ladder where the provider cannot be asked. */
import { AllRoutesFailedError, CircuitOpenError, ShedError } from "recloser";
import { type Rows, StatementError } from "../database/database.ts";
import { GuardRefusal } from "../guard/refusal.ts";
import type { LanguageModel, Written } from "../llm/model.ts";
import type { Material } from "../llm/prompts.ts";
import type { SqlReply } from "../llm/reply.ts";
import type { Pair } from "../verified/pair.ts";
import { tableSearch } from "../retrieval/tables.ts";
import type { Library } from "../verified/library.ts";
import type { Answer, Meta, Mode } from "./answer.ts";
import type { JobQueue } from "./jobs.ts";
import { type Ran, DatabaseAwayError, type Statements } from "./statements.ts";
import { filledTemplate } from "./templates.ts";
import { Deadline } from "./deadline.ts";
import { whyNot } from "./why-not.ts";

export interface AskOptions {
  /** How long whoever asks would wait. Default 20 000 ms. */
  readonly maxWaitMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether the question may wait as a job. Default true. */
  readonly mayQueue?: boolean | undefined;
  /** Rejects with what the providers said where it would answer `unavailable`; for work that is done again. Default false. */
  readonly orThrow?: boolean | undefined;
  /** Whether the result shall be put in words. Default true. */
  readonly explain?: boolean | undefined;
}

export interface AgentParts {
  readonly model: LanguageModel;
  readonly statements: Statements;
  readonly library: Library;
}

const MOST_REPAIRS = 2;
const DEFAULT_WAIT_MS = 20_000;
// A sentence is not worth more of anybody's time.
const EXPLANATION_MS = 4_000;
const RETRY_MS = 5_000;
const MOST_SUGGESTIONS = 4;

export class Agent {
  readonly #model: LanguageModel;
  readonly #statements: Statements;
  readonly #library: Library;
  /** Null: nothing waits. */
  queue: JobQueue | null = null;

  constructor({ model, statements, library }: AgentParts) {
    this.#model = model;
    this.#statements = statements;
    this.#library = library;
  }

  /** @throws the signal's reason at its abort; for everything else there is an answer */
  ask(question: string, options: AskOptions = {}): Promise<Answer> {
    return new Asking(question, options, this.#parts()).answer();
  }

  /** Says that the SQL that is kept for this question is right. @returns false: none is kept */
  confirm(question: string): Promise<boolean> {
    return this.#library.confirm(question);
  }

  #parts(): AgentParts & { readonly queue: JobQueue | null } {
    return { model: this.#model, statements: this.#statements, library: this.#library, queue: this.queue };
  }
}

/** One question on its way. */
class Asking {
  readonly #question: string;
  readonly #options: AskOptions;
  readonly #parts: AgentParts & { readonly queue: JobQueue | null };
  readonly #deadline: Deadline;
  readonly #notes: string[] = [];
  #repairs = 0;

  constructor(question: string, options: AskOptions, parts: AgentParts & { readonly queue: JobQueue | null }) {
    this.#question = question.trim();
    this.#options = options;
    this.#parts = parts;
    this.#deadline = new Deadline(options.maxWaitMs ?? DEFAULT_WAIT_MS, options.signal);
  }

  async answer(): Promise<Answer> {
    try {
      const known = await this.#parts.library.exact(this.#question);
      if (known?.verified === true) {
        const saved = await this.#bySavedSql(known, false);
        if (saved !== null) return saved;
      }
      return await this.#byModel();
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (error instanceof DatabaseAwayError && this.#options.orThrow !== true)
        return this.#unavailable("database", error.cause);
      throw error;
    }
  }

  async #byModel(): Promise<Answer> {
    const material = await this.#material();
    let written: Written;
    try {
      written = await this.#parts.model.write(material, this.#deadline.rest());
      for (;;) {
        const { reply } = written;
        if ("unknown" in reply) return this.#said("unknown", { message: reply.unknown }, written);
        if ("ambiguous" in reply)
          return this.#said("ambiguous", { message: reply.ambiguous, readings: reply.readings }, written);
        const ran = await this.#runOrFault(reply.sql);
        if ("rows" in ran) return await this.#answered(written, reply, ran);
        if (this.#repairs === MOST_REPAIRS)
          return this.#said("refused", { message: ran.message, reason: ran.reason }, written);
        this.#repairs++;
        written = await this.#parts.model.repair(material, reply.sql, ran.message, this.#deadline.rest());
      }
    } catch (error) {
      this.#options.signal?.throwIfAborted();
      if (error instanceof DatabaseAwayError) throw error;
      return this.#withoutModel(error);
    }
  }

  /** The ladder: the first step that has an answer. */
  async #withoutModel(error: unknown): Promise<Answer> {
    this.#notes.push(whyNot(error));
    const known = await this.#parts.library.exact(this.#question);
    if (known !== null) {
      const saved = await this.#bySavedSql(known, true);
      if (saved !== null) return saved;
    }
    const without = (await this.#byTemplate()) ?? (await this.#byQueue(error));
    if (without !== null) return without;
    if (this.#options.orThrow === true) throw error;
    return this.#unavailable("provider", error);
  }

  /** The SQL is run again, so the rows are those of now. Null where it fits the tables no more. */
  async #bySavedSql(pair: Pair, degraded: boolean): Promise<Answer | null> {
    const ran = await this.#runOrFault(pair.sql);
    if (!("rows" in ran)) {
      this.#notes.push(`The saved SQL does not fit the tables any more: ${ran.message}`);
      await this.#parts.library.forget(pair.id);
      return null;
    }
    if (ran.schemaVersion !== pair.schemaVersion)
      await this.#parts.library.remember(pair.question, pair.sql, ran.schemaVersion, pair.verified);
    return this.#rows("cached-sql", ran, { degraded, verified: pair.verified });
  }

  async #byTemplate(): Promise<Answer | null> {
    const filled = filledTemplate(this.#question, await this.#parts.statements.catalog());
    if (filled === null) return null;
    const ran = await this.#runOrFault(filled.sql);
    if (!("rows" in ran)) return null;
    this.#notes.push(`Read as: ${filled.reading}.`);
    return this.#rows("template", ran, { degraded: true });
  }

  async #byQueue(error: unknown): Promise<Answer | null> {
    const { queue } = this.#parts;
    if (queue === null || this.#options.mayQueue === false) return null;
    const jobId = await queue.add(this.#question);
    if (jobId === null) return null;
    const message = "The AI service is not answering. Your question waits, and is answered when it is back.";
    const rest = { jobId, message, retryAfterMs: retryAfterMs(error) };
    return { kind: "queued", ...rest, ...this.#common("queued", { degraded: true }) };
  }

  #unavailable(of: "provider" | "database", error: unknown): Answer {
    const waitMs = retryAfterMs(error);
    const next = `Next try in ${Math.max(1, Math.ceil(waitMs / 1_000))} s.`;
    const message =
      of === "provider"
        ? `The AI service is not answering. Saved questions still work. ${next}`
        : `The database is not answering. ${next}`;
    return {
      kind: "unavailable",
      of,
      message,
      retryAfterMs: waitMs,
      ...this.#common("unavailable", { degraded: true }),
    };
  }

  async #answered({ provider, index }: Written, { assumptions }: SqlReply, ran: Ran): Promise<Answer> {
    await this.#parts.library.remember(this.#question, ran.guarded.shown, ran.schemaVersion);
    const explained = await this.#explained(ran.guarded.shown, ran.rows);
    const meta = { provider: provider.name, simulated: provider.simulated, explanation: explained.how };
    const mode = index === 0 ? "live" : "failover";
    return this.#rows(mode, ran, meta, { assumptions, explanation: explained.text });
  }

  /** Nobody is refused an answer for want of a sentence about it. */
  async #explained(
    sql: string,
    rows: Rows,
  ): Promise<{ readonly how: Meta["explanation"]; readonly text: string | null }> {
    const { timeoutMs, signal } = this.#deadline.rest();
    if (this.#options.explain === false || rows.rows.length === 0) return { how: "none", text: null };
    try {
      const wait = { timeoutMs: Math.min(timeoutMs, EXPLANATION_MS), signal };
      const text = await this.#parts.model.explain(this.#question, sql, rows, wait);
      return text === "" ? { how: "failed", text: null } : { how: "given", text };
    } catch (error) {
      signal?.throwIfAborted();
      return { how: ShedError.is(error) || CircuitOpenError.is(error) ? "shed" : "failed", text: null };
    }
  }

  async #runOrFault(sql: string): Promise<Ran | { readonly message: string; readonly reason: string }> {
    try {
      return await this.#parts.statements.run(sql, this.#options.signal);
    } catch (error) {
      if (error instanceof GuardRefusal) return { message: error.message, reason: error.reason };
      if (error instanceof StatementError) return { message: error.message, reason: error.fault };
      throw error;
    }
  }

  async #material(): Promise<Material> {
    const { library, statements } = this.#parts;
    const catalog = await statements.catalog();
    const examples = library.similar(this.#question, 3);
    const tables = tableSearch(catalog).relevant(this.#question);
    return { question: this.#question, tables, examples, today: new Date().toISOString().slice(0, 10) };
  }

  #rows(
    mode: Mode,
    { guarded, rows }: Ran,
    meta: Partial<Meta>,
    more: { readonly assumptions: readonly string[]; readonly explanation: string | null } = {
      assumptions: [],
      explanation: null,
    },
  ): Answer {
    return { kind: "rows", sql: guarded.shown, ...rows, ...more, ...this.#common(mode, meta) };
  }

  #said<K extends "unknown" | "ambiguous" | "refused">(
    kind: K,
    said: Omit<Extract<Answer, { kind: K }>, "kind" | "question" | "suggestions" | "meta">,
    { provider, index }: Written,
  ): Answer {
    const meta = { provider: provider.name, simulated: provider.simulated };
    return { kind, ...said, ...this.#common(index === 0 ? "live" : "failover", meta) } as Answer;
  }

  #common(mode: Mode, meta: Partial<Meta>): Pick<Answer, "question" | "suggestions" | "meta"> {
    const whole = { degraded: false, provider: null, simulated: false, verified: false, explanation: "none" } as const;
    const durationMs = this.#deadline.spentMs();
    return {
      question: this.#question,
      suggestions: this.#parts.library.similar(this.#question, MOST_SUGGESTIONS).map(({ question }) => question),
      meta: { mode, ...whole, repairs: this.#repairs, ...meta, durationMs, notes: this.#notes },
    };
  }
}

function retryAfterMs(error: unknown): number {
  if (AllRoutesFailedError.is(error)) return error.retryAfterMs ?? RETRY_MS;
  return CircuitOpenError.from(error)?.retryAfterMs ?? RETRY_MS;
}
