/** What a request's body says that decides where it goes. Read once, and not kept. */
import { isUtf8 } from "node:buffer";
import type { Capability } from "../config/config.ts";
import { Refusal } from "../http/refusal.ts";
import type { Operation } from "./dialect.ts";
import { faultIn } from "./json-shape.ts";
import { needsOf } from "./needs.ts";

export interface Asked {
  /** The model as the caller names it; null: none is named. */
  readonly model: string | null;
  readonly streams: boolean;
  /** Whether it goes on from what one provider keeps, so that no other could answer. */
  readonly continues: boolean;
  /** What whoever answers must be able to do; empty where nobody asked to know. */
  readonly needs: ReadonlySet<Capability>;
}

const NO_NEEDS: ReadonlySet<Capability> = new Set();

const MOST_MODEL_CHARS = 256;
// Controls, what is not seen, half characters, and line ends: in a log or a dashboard they pass for something else.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
// Where the name stands in a path, it must not lead to another one, however often it is decoded on the way.
const PATH_OF_ITS_OWN = /(?:^|[/\\])\.{1,2}(?:[/\\;]|$)|%(?:2e|2f|5c|25)|[?#]/i;

/**
 * @param body null where it is not JSON
 * @param jsonDepth how deep it may nest
 * @param readsNeeds whether it is to be looked through for what it needs
 * @throws Refusal for JSON that no provider could read either
 */
export function readAsked(operation: Operation, body: Buffer | null, jsonDepth: number, readsNeeds: boolean): Asked {
  const json = body === null ? {} : parsed(body, jsonDepth);
  const model = operation.model ?? json["model"];
  const streams = operation.streams ?? json["stream"] === true;
  return {
    model: typeof model === "string" && model !== "" ? checkedModel(model) : null,
    streams,
    continues: isFilled(json["previous_response_id"]) || isFilled(json["conversation"]),
    needs: readsNeeds ? needsOf(operation, json, streams) : NO_NEEDS,
  };
}

function parsed(body: Buffer, jsonDepth: number): Readonly<Record<string, unknown>> {
  if (!isUtf8(body)) throw new Refusal(400, "invalid_body", "the body is not valid UTF-8");
  const fault = faultIn(body, jsonDepth);
  if (fault !== null) throw new Refusal(400, "invalid_body", `the body's JSON ${fault}`);
  let json: unknown;
  try {
    json = JSON.parse(body.toString("utf8"));
  } catch {
    throw new Refusal(400, "invalid_body", "the body is not valid JSON");
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    throw new Refusal(400, "invalid_body", "the body must be a JSON object");
  }
  return json as Record<string, unknown>;
}

function checkedModel(model: string): string {
  const isName = model.length <= MOST_MODEL_CHARS && !UNSEEN.test(model) && !PATH_OF_ITS_OWN.test(model);
  if (isName) return model;
  const expected = `a name of up to ${MOST_MODEL_CHARS} characters without control characters, "..", "?" or escapes`;
  throw new Refusal(400, "invalid_model", `model: expected ${expected}`);
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
