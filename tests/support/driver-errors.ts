/**
 * What drivers really threw: recorded with PostgreSQL 15, with a gRPC server of grpc-js, and for Redis with a server that
 * answers GET with the error replies of Redis. `kind` was decided by hand.
 */

import { readFileSync } from "node:fs";
import type { OutcomeKind } from "../../packages/recloser/src/outcome.ts";
import { buildError } from "./outcome-corpus.ts";

type Trailer = string | { readonly base64: string };

export interface DriverError {
  readonly system: "postgres" | "redis" | "grpc";
  /** Package and version. */
  readonly driver: string;
  readonly case: string;
  readonly kind: OutcomeKind;
  readonly retryAfterMs?: number;
  readonly error: Record<string, unknown>;
  readonly trailers?: Readonly<Record<string, Trailer>>;
}

export function driverErrors(system: DriverError["system"]): DriverError[] {
  const recorded = readFileSync(new URL("../fixtures/driver-errors.json", import.meta.url), "utf8");
  return (JSON.parse(recorded) as DriverError[]).filter((row) => row.system === system);
}

/** The error as it was thrown: for gRPC with the trailers in a metadata object like that of grpc-js. */
export function thrownBy(row: DriverError): unknown {
  const error = buildError(row.error);
  if (row.system !== "grpc") return error;
  const get = (name: string): unknown[] =>
    [row.trailers?.[name]]
      .filter((value) => value !== undefined)
      .map((value) => (typeof value === "string" ? value : Buffer.from(value.base64, "base64")));
  return Object.assign(error as object, { metadata: { get } });
}
