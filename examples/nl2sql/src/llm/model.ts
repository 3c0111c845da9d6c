/**
 * The language model, through breakers. Writing and repairing SQL go to the first provider whose circuit lets them through;
 * explaining is for the first provider only and the first to be shed.
 *
 * Each of the three has a key of its own, `{ provider, model, credential }`: they share what is known of the model's health, so
 * that one dead provider is found out once, and are told apart by label, so that one's exhausted quota holds only itself.
 */
import { type Classifier, failover, type Recloser } from "recloser";
import { guardOpenAI } from "recloser/openai";
import type { Rows } from "../database/database.ts";
import { explanationMessages, type Material, type Message, repairMessages, sqlMessages } from "./prompts.ts";
import type { Provider } from "./providers.ts";
import { InvalidReplyError, readReply, type Reply } from "./reply.ts";

export type Purpose = "sql" | "repair" | "explanation";

/** How long a call may take in all, and whose abort ends it. */
export interface Wait {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface Written {
  readonly reply: Reply;
  readonly provider: Provider;
  /** Its place, 0 for the first. */
  readonly index: number;
}

// An answer that is none is the provider's failure; what kind of error it is nobody else can say.
const classify: Classifier = ({ error }) => (error instanceof InvalidReplyError ? "stream-error" : undefined);

// A first provider that hangs leaves the second one the other part, and nobody waits longer than this for one of them.
const FIRST_SHARE = 0.6;
const MOST_ROUTE_MS = 10_000;

export class LanguageModel {
  readonly providers: readonly Provider[];
  readonly #recloser: Recloser;
  readonly #explain: Provider["client"];

  /** @param providers at least one, in the order in which they are asked */
  constructor(providers: readonly [Provider, ...Provider[]], recloser: Recloser) {
    this.providers = providers;
    this.#recloser = recloser;
    const [first] = providers;
    const key = keyOf(first, "explanation");
    this.#explain = guardOpenAI(first.client, recloser, { key, priority: "batch", retry: false });
  }

  write(material: Material, wait: Wait): Promise<Written> {
    return this.#ask("sql", sqlMessages(material), wait);
  }

  /** @param fault why the statement was refused or failed */
  repair(material: Material, sql: string, fault: string, wait: Wait): Promise<Written> {
    return this.#ask("repair", repairMessages(material, sql, fault), wait);
  }

  async explain(question: string, sql: string, rows: Rows, { timeoutMs, signal }: Wait): Promise<string> {
    const { model } = this.providers[0] as Provider;
    const messages = [...explanationMessages(question, sql, rows)];
    const ends = AbortSignal.timeout(timeoutMs);
    const completion = await this.#explain.chat.completions.create(
      { model, messages },
      { signal: signal === undefined ? ends : AbortSignal.any([signal, ends]) },
    );
    return completion.choices[0]?.message.content ?? "";
  }

  async #ask(purpose: Purpose, messages: readonly Message[], { timeoutMs, signal }: Wait): Promise<Written> {
    const routes = this.providers.map((provider, index) => ({
      name: provider.name,
      breaker: this.#recloser.breaker(keyOf(provider, purpose)),
      classify,
      run: async (call: { readonly signal: AbortSignal }): Promise<Written> => {
        const completion = await provider.client.chat.completions.create(
          { model: provider.model, messages: [...messages], response_format: { type: "json_object" }, temperature: 0 },
          { signal: call.signal },
        );
        return { reply: readReply(completion.choices?.[0]?.message.content ?? ""), provider, index };
      },
    }));
    const share = routes.length === 1 ? timeoutMs : Math.ceil(timeoutMs * FIRST_SHARE);
    const routeTimeout = Math.min(share, MOST_ROUTE_MS);
    return failover(routes, { signal, timeout: timeoutMs, routeTimeout });
  }
}

export function keyOf(
  { name, model }: Pick<Provider, "name" | "model">,
  purpose: Purpose,
): { readonly provider: string; readonly model: string; readonly credential: Purpose } {
  return { provider: name, model, credential: purpose };
}
