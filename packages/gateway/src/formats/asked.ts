/** What a request's body says that decides where it goes. Read once, and not kept. */
import { isUtf8 } from "node:buffer";
import type { Capability } from "../config/config.ts";
import { Refusal } from "../http/refusal.ts";
import type { Operation } from "./dialect.ts";
import { isDeeper } from "./json-depth.ts";
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
const CONTROL = /\p{Cc}/u;

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
  if (isDeeper(body, jsonDepth)) {
    throw new Refusal(400, "invalid_body", `the body's JSON nests deeper than ${jsonDepth} levels`);
  }
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
  const isName = model.length <= MOST_MODEL_CHARS && !CONTROL.test(model);
  if (isName) return model;
  const expected = `a name of up to ${MOST_MODEL_CHARS} characters without control characters`;
  throw new Refusal(400, "invalid_model", `model: expected ${expected}`);
}

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && value !== "";
}
