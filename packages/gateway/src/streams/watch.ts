/** What an answer has shown so far: seen by the breaker, and remembered for whoever passes its bytes on. */
import { type AnswerHead, type Asked, ResponseInspector, type Sight, type StreamInspector } from "recloser/streams";
import type { Outcome } from "recloser";
import { codingsOf } from "../http/codings.ts";
import type { Part } from "../upstream/exchange.ts";
import type { ProofOfEnd } from "./proof-of-end.ts";
import { type Usage, UsageReader } from "./usage.ts";

export class Watch implements StreamInspector<Part> {
  /** What the last part has shown. */
  sight: Exclude<Sight, Outcome> = "opening";
  /** The first failure that the answer has told of itself, or what its end came to. */
  failure: Outcome | null = null;
  /** When its first content came, and its latest part, by `performance.now()`; null: none did. */
  contentAtMs: number | null = null;
  partAtMs: number | null = null;
  readonly #usage = new UsageReader();
  readonly #inspector: ResponseInspector;
  readonly #proof: ProofOfEnd | null;
  #isReadable = true;
  #isStream = false;

  /** @param proof what a stream must have shown beside its end marker; null: that is enough */
  constructor(asked: Asked, proof: ProofOfEnd | null = null) {
    this.#proof = proof;
    this.#inspector = new ResponseInspector(asked);
  }

  see(part: Part): Sight {
    this.partAtMs = performance.now();
    if (Buffer.isBuffer(part)) {
      this.#proof?.see(part);
      if (this.#isReadable) this.#usage.see(part);
    } else {
      this.#isReadable = codingsOf(part.headers).length === 0;
      this.#isStream = isEventStream(part);
    }
    const sight = this.#isReadable ? this.#inspector.see(part) : "content";
    if (typeof sight === "object") this.failure ??= sight;
    else this.sight = sight;
    if (sight === "content" || sight === "end") this.contentAtMs ??= this.partAtMs;
    return sight;
  }

  /** What the answer says it took, of what has come; null: nothing. */
  get usage(): Usage | null {
    return this.#usage.read();
  }

  end(): "whole" | "cut" | Outcome {
    const end = this.#isReadable ? this.#inspector.end() : "whole";
    if (typeof end === "object" && end.kind !== "success") this.failure ??= end;
    return end === "whole" && this.#isStream && this.#isReadable && this.#proof?.isFound === false ? "cut" : end;
  }
}

function isEventStream({ headers }: AnswerHead): boolean {
  const type = (headers as Record<string, unknown>)["content-type"];
  return typeof type === "string" && /^text\/event-stream\b/i.test(type);
}
