/** One request from its reading to the last byte of its answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Refusal } from "../http/refusal.ts";
import type { Dialect } from "../formats/dialect.ts";
import { BodyShare } from "../http/body.ts";
import { CallerLife } from "../http/caller-life.ts";
import type { KnownClient } from "../http/clients.ts";
import { type HeaderList, headersForCaller, withHeaders } from "../http/headers.ts";
import { address, readRequest, requestId } from "../http/intake.ts";
import { refuse } from "../http/refuse.ts";
import { Reply } from "../http/reply.ts";
import { readWishes, type Wishes } from "../http/wishes.ts";
import { AssuredDelivery } from "../streams/assured.ts";
import { BROKEN, type OpenAnswer, type Recipient } from "../streams/delivery.ts";
import { passThrough } from "../streams/passthrough.ts";
import { RefusedAnswer } from "../upstream/refused-answer.ts";
import type { AttemptEnd, AttemptFacts } from "./attempt.ts";
import { lastWord } from "./last-word.ts";
import { mayBeStale, travelOrInsist } from "./all-open.ts";
import { type Keeping, keyOf, type StaleAnswer } from "./kept-answers.ts";
import type { Journey, Step } from "./loop.ts";
import { chooseRoute, targetOrder } from "./route-choice.ts";
import type { Runtime } from "../runtime.ts";
import type { Stoppable } from "../under-way.ts";
import type { RequestTrace } from "../telemetry/tracing.ts";
import type { RequestEnd, RequestRecord } from "./request-record.ts";

const LINGER_MS = 5_000;

export class Answering implements Stoppable {
  place = -1;
  readonly #runtime: Runtime;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #mustContinue: boolean;
  readonly #reply: Reply;
  readonly #startedMs = performance.now();
  readonly #share: BodyShare;
  #id = "";
  #dialect: Dialect | null = null;
  #life: CallerLife | null = null;
  #known: KnownClient | null = null;
  #record: Partial<RequestRecord> = {};
  #steps: readonly Step[] = [];
  #ours: HeaderList = [];
  #end: RequestEnd | null = null;
  #refusal: string | null = null;
  #readAtMs: number | null = null;
  // From the part of an answer that was waited for to the head that the caller gets.
  #passedOnMs: number | null = null;
  #assured: AssuredDelivery | null = null;
  readonly #trace: RequestTrace | null;

  constructor(runtime: Runtime, request: IncomingMessage, response: ServerResponse, mustContinue: boolean) {
    this.#runtime = runtime;
    this.#request = request;
    this.#response = response;
    this.#mustContinue = mustContinue;
    this.#reply = new Reply(response);
    this.#share = new BodyShare(runtime.bodyRoom);
    const { tracing } = runtime;
    this.#trace = tracing === null ? null : tracing.begin(request.method ?? "", request.headers);
  }

  /** Never rejects. */
  async run(): Promise<void> {
    try {
      await this.#answer();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#assured?.close();
      await this.#over();
      this.#share.giveBack();
      this.#leave();
      this.#runtime.settled(this);
      const record = this.#finished();
      this.#trace?.end(record);
      this.#runtime.observe?.(record);
    }
  }

  /** A client that would send its next request on the same connection asks another gateway instead. */
  keepNoConnection(): void {
    this.#response.shouldKeepAlive = false;
  }

  /** The gateway stops and waits no longer. */
  stop(): void {
    if (this.#life === null) this.#response.destroy();
    else this.#life.end("stopping");
  }

  // What was said may still be on its way to a caller who reads slowly: an answer for as long as a request may take, what
  // takes the place of one only a little longer.
  async #over(): Promise<void> {
    const life = this.#life;
    let late: NodeJS.Timeout | undefined;
    const hurry = (): void => void (late ??= setTimeout(() => this.#reply.drop(), LINGER_MS));
    if (life === null || life.over !== null || this.#steps.at(-1)?.kind === "broken") hurry();
    else life.onEnd = hurry;
    await this.#reply.over;
    clearTimeout(late);
  }

  async #answer(): Promise<void> {
    const { config, clients } = this.#runtime;
    const where = address(this.#request);
    this.#dialect = where.dialect;
    this.#trace?.addressed(where);
    const known = clients.identify(this.#request.headers, where.query);
    const wishes = readWishes(this.#request.headers);
    mayGoAround(known, wishes);
    // Waits for nothing but another process's slot.
    const { slots } = known;
    if (slots !== null && !slots.take() && !(await slots.takeElsewhere())) throw tooMany();
    this.#enter(known);
    const reading = {
      ours: known.ours,
      mustContinue: this.#mustContinue,
      needs: this.#runtime.readsNeeds,
      share: this.#share,
    };
    const request = await readRequest(this.#request, this.#response, where, config.limits, reading);
    this.#id = request.id;
    this.#readAtMs = performance.now();
    const { dialect, operation } = where;
    const { model } = request;
    const named = where.route ?? wishes.route;
    const route = chooseRoute(config.routes, { dialect, operation, named, model, client: known.config });
    this.#record = { route: route.name, model, streams: request.streams, requestBytes: request.body?.length ?? 0 };
    const targets = this.#runtime.targets(targetOrder(route, this.#runtime.random));
    const isBound = operation.kind === "other" || wishes.noFailover || request.continues;
    const atEnd = (): void => this.#reply.waitNoLonger();
    const life = new CallerLife(this.#response, config.timeouts.totalMs, wishes.timeoutMs, atEnd);
    this.#life = life;
    const path = operation.ownPath(model ?? "");
    const isAssured = operation.kind !== "other" && (wishes.stream ?? route.stream) === "assured";
    if (isAssured) this.#assured = new AssuredDelivery(this.#runtime.heartbeatMs);
    const deliver = this.#assured?.deliver ?? passThrough;
    const kept = operation.kind === "other" ? null : this.#runtime.kept(route.name);
    const keeping = kept?.keeping(keyOf(known.config?.id ?? null, path, request)) ?? null;
    const journey: Journey = {
      recloser: wishes.bypass === null ? this.#runtime.recloser : this.#runtime.unguarded,
      request,
      targets: isBound ? targets.slice(0, 1) : targets,
      retry: operation.kind === "other" && request.method !== "GET" ? { ...config.retry, perTarget: 0 } : config.retry,
      recipient: this.#recipient({ dialect, life, path, streams: request.streams, isAssured }),
      deliver: keeping === null ? deliver : (answer, recipient) => deliver(keeping.record(answer), recipient),
      trace: this.#trace,
      onHead: (facts, before) => (this.#ours = oursOf(facts, before, this.#id)),
    };
    this.#steps = await travelOrInsist(journey, route, this.#runtime);
    await this.#finish(path, keeping);
  }

  #enter(known: KnownClient): void {
    this.#known = known;
    this.#count(1);
  }

  #leave(): void {
    if (this.#known === null) return;
    this.#known.slots?.giveBack();
    this.#count(-1);
  }

  #count(change: 1 | -1): void {
    const id = this.#known?.config?.id ?? "none";
    const { byClient } = this.#runtime;
    byClient.set(id, (byClient.get(id) ?? 0) + change);
  }

  #recipient({ dialect, life, path, streams, isAssured }: Omit<Recipient, "reply" | "headers">): Recipient {
    const headers = ({ head, watch }: OpenAnswer): HeaderList => {
      const all = headersForCaller(head.headers).concat(this.#ours);
      if (watch.partAtMs !== null) this.#passedOnMs = performance.now() - watch.partAtMs;
      return all;
    };
    return { reply: this.#reply, life, dialect, path, streams, isAssured, headers };
  }

  // Where nobody has answered, somebody must.
  async #finish(path: string, keeping: Keeping | null): Promise<void> {
    // A sign of life must not get into what is said from here on.
    this.#assured?.close();
    const last = this.#steps.at(-1);
    const over = this.#life?.over ?? null;
    // Of an answer that is still to come nobody would look after the end any more.
    if (over !== null) for (const step of this.#steps) if (step.kind === "failed") step.answer?.drop();
    if (last?.kind === "whole") {
      keeping?.keep(last.target.name);
      this.#end = "answered";
    }
    if (last?.kind === "broken" && over !== "left") this.#end = "broken";
    const isSaid = last?.kind === "whole" || last?.kind === "broken" || over === "left";
    const word = isSaid ? null : lastWord(this.#steps, this.#request.headers);
    for (const step of this.#steps) if (step.kind === "failed" && step.answer !== word) step.answer?.drop();
    if (word === null) return;
    const failed = this.#steps.find((step) => step.kind === "failed" && step.answer === word);
    const facts = failed ?? last;
    this.#ours = facts === undefined ? [] : oursOf(facts, this.#steps.slice(0, this.#steps.indexOf(facts)), this.#id);
    // The caller has had signs of life: what went wrong can only be said in the stream now.
    if (this.#assured?.begun === true) {
      if (word instanceof RefusedAnswer) word.drop();
      const problem = word instanceof RefusedAnswer ? BROKEN : word;
      this.#end = "broken";
      this.#refusal = problem.code;
      return this.#reply.breakOff(this.#dialect?.errorEvent(problem, path));
    }
    const stale = mayBeStale(this.#steps) ? (keeping?.find() ?? null) : null;
    if (stale !== null) {
      if (word instanceof RefusedAnswer) word.drop();
      this.#serveStale(stale);
    } else if (word instanceof RefusedAnswer) await this.#passOn(word);
    else throw word;
  }

  // Sources: RFC 5861 §4 for when, RFC 9111 §5.1 for Age, RFC 9211 for saying that a cache spoke.
  #serveStale({ contentType, body, target, ageMs }: StaleAnswer): void {
    this.#end = "stale";
    const age = String(Math.floor(ageMs / 1_000));
    const headers = withHeaders(this.#ours, {
      "content-type": contentType,
      age,
      "cache-control": "no-store",
      "cache-status": "recloser; hit; fwd=stale; detail=stale-if-error",
      "x-recloser-target": target,
      "x-recloser-cache": `stale; age=${age}`,
      "x-recloser-request-id": this.#id,
    });
    this.#reply.whole(200, headers, body);
  }

  async #passOn(word: RefusedAnswer): Promise<void> {
    const { head, start, rest } = word;
    this.#end = "answered";
    // The gateway has tried again already; a client that tries again, too, multiplies the load on who fails.
    const all = headersForCaller(head.headers).concat(this.#ours);
    const headers = head.status >= 500 ? withHeaders(all, { "x-should-retry": "false" }) : all;
    if (rest === null) return this.#reply.whole(head.status, headers, Buffer.concat(start));
    if (this.#life !== null) this.#life.onEnd = () => word.drop();
    this.#reply.begin(head.status, headers);
    try {
      for (const chunk of start) await this.#reply.write(chunk);
      for (let part = await rest.next(); part.done !== true; part = await rest.next()) {
        await this.#reply.write(part.value);
      }
      this.#reply.end();
    } catch {
      this.#end = "broken";
      this.#reply.breakOff();
    }
  }

  #fail(error: unknown): void {
    if (this.#response.destroyed || this.#reply.begun) {
      this.#end = this.#reply.begun ? "broken" : "left";
      return this.#reply.breakOff();
    }
    const isRefusal = error instanceof Refusal;
    if (!isRefusal) this.#runtime.onDefect?.(error);
    // What is wrong inside is nobody's business outside.
    const refusal = isRefusal ? error : new Refusal(500, "internal_error", "the gateway failed");
    this.#id ||= requestId();
    this.#refusal = refusal.code;
    refuse(this.#request, this.#reply, refusal, { dialect: this.#dialect, id: this.#id, headers: this.#ours });
  }

  #finished(): RequestRecord {
    const left = this.#life?.over ?? null;
    const { route = null, model = null, streams = false, requestBytes = 0 } = this.#record;
    const { firstTokenMs, addedMs, usage } = this.#times();
    return {
      id: this.#id,
      client: this.#known?.config?.id ?? null,
      format: this.#dialect?.name ?? null,
      route,
      model,
      streams,
      requestBytes,
      // The clients of OpenAI, Anthropic and Groq count it.
      isSdkRetry: Number(this.#request.headers["x-stainless-retry-count"] ?? 0) > 0,
      steps: this.#steps,
      end: this.#end ?? (left === "left" ? "left" : "refused"),
      refusal: this.#refusal,
      status: this.#reply.status,
      bytes: this.#reply.bytes,
      // Broken off by us, the connection closes as if the caller had left.
      left: this.#end === "broken" && left === "left" ? null : left,
      durationMs: performance.now() - this.#startedMs,
      firstTokenMs,
      addedMs,
      usage,
    };
  }

  #times(): Pick<RequestRecord, "firstTokenMs" | "addedMs" | "usage"> {
    const attempts = this.#steps.filter(asked);
    const last = attempts.at(-1);
    const [askedAtMs = null] = attempts.flatMap((one) => one.askedAtMs ?? []);
    const isStream = this.#record.streams === true;
    const readAtMs = this.#readAtMs;
    const toCallMs = askedAtMs === null || readAtMs === null ? null : askedAtMs - readAtMs;
    const contentAtMs = isStream ? (last?.contentAtMs ?? null) : null;
    return {
      firstTokenMs: contentAtMs === null ? null : contentAtMs - this.#startedMs,
      addedMs: toCallMs === null || this.#passedOnMs === null ? null : toCallMs + this.#passedOnMs,
      usage: last?.usage ?? null,
    };
  }
}

function mayGoAround({ config }: KnownClient, { bypass }: Wishes): void {
  if (bypass === null || config?.mayBypass === true) return;
  throw new Refusal(403, "bypass_not_allowed", "this client may not send x-recloser-bypass");
}

function tooMany(): Refusal {
  const message = "this client has as many requests under way as it may";
  return new Refusal(429, "too_many_in_flight", message, { headers: { "retry-after": "1" } });
}

const asked = (step: Step): step is AttemptEnd => "askedAtMs" in step;

function oursOf(facts: AttemptFacts | Step, before: readonly Step[], id: string): HeaderList {
  let { calls } = facts;
  let passed = "";
  for (const step of before) {
    calls += step.calls;
    passed += `${passed === "" ? "" : ", "}${step.target.name}=${reasonOf(step)}`;
  }
  const list: HeaderList = ["x-recloser-target", facts.target.name];
  if ("model" in facts && facts.model !== null) list.push("x-recloser-model", encodeURI(facts.model));
  list.push("x-recloser-attempts", String(calls));
  if (passed !== "") list.push("x-recloser-failover", passed);
  const isProbe = "isProbe" in facts && facts.isProbe;
  list.push("x-recloser-breaker", isProbe ? "half-open" : "closed", "x-recloser-request-id", id);
  return list;
}

function reasonOf(step: Step): string {
  if (step.kind === "failed") return step.isTooLong ? "context" : step.outcome.kind;
  if (step.kind === "unfit") return `lacks-${step.lacks}`;
  return step.kind === "rejected" ? step.error.reason : step.kind;
}
