/** What the compiler says of each error: its fields, and where `is` narrows. Checked by `npm run types`. */
import { describe, expectTypeOf, it } from "vitest";
import type { TriedRoute } from "./failover-error.ts";
import {
  AllRoutesFailedError,
  CallTimeoutError,
  CircuitOpenError,
  InvalidOptionError,
  RecloserError,
  type RecloserErrorCode,
  ShedError,
  StoreError,
  StreamTruncatedError,
} from "./index.ts";

type Asks = (error: unknown) => boolean;

describe("the type of an error", () => {
  it("has the code and the facts that the contract names", () => {
    expectTypeOf<CircuitOpenError>().toExtend<{
      readonly code: "ERR_CIRCUIT_OPEN";
      readonly key: string;
      readonly state: "closed" | "open" | "half-open";
      readonly retryAfterMs: number;
      readonly openedAtMs: number | null;
      readonly generation: number;
      readonly lastFailure: { readonly kind: string; readonly atMs: number } | null;
      toResponse(): Response;
    }>();
    expectTypeOf<CircuitOpenError["reason"]>().toEqualTypeOf<
      "open" | "probing" | "ramping" | "rate-limited" | "quota-exhausted" | "auth" | "override"
    >();
    expectTypeOf<CallTimeoutError["code"]>().toEqualTypeOf<"ERR_CALL_TIMEOUT">();
    expectTypeOf<CallTimeoutError["phase"]>().toEqualTypeOf<"connect" | "headers" | "first-token" | "idle" | "total">();
    expectTypeOf<ShedError["code"]>().toEqualTypeOf<"ERR_SHED">();
    expectTypeOf<StreamTruncatedError["code"]>().toEqualTypeOf<"ERR_STREAM_TRUNCATED">();
    expectTypeOf<StoreError["code"]>().toEqualTypeOf<"ERR_STORE">();
    expectTypeOf<InvalidOptionError>().toExtend<{
      readonly code: "ERR_INVALID_OPTION";
      readonly option: string;
      readonly expected: string;
      readonly received: unknown;
    }>();
    expectTypeOf<AllRoutesFailedError>().toExtend<{
      readonly code: "ERR_ALL_ROUTES_FAILED";
      readonly tried: readonly TriedRoute[];
      readonly retryAfterMs: number | null;
    }>();
    expectTypeOf<RecloserError["code"]>().toEqualTypeOf<RecloserErrorCode>();
  });

  it("is an Error, and one of ours, of whichever class", () => {
    expectTypeOf<
      | AllRoutesFailedError
      | CallTimeoutError
      | CircuitOpenError
      | InvalidOptionError
      | ShedError
      | StoreError
      | StreamTruncatedError
    >().toExtend<RecloserError & Error>();
  });
});

describe("`is` (docs/decisions/0002)", () => {
  it("is a plain question where it looks inside a wrapper too, and `from` gives the error itself", () => {
    expectTypeOf<typeof CircuitOpenError.is>().toEqualTypeOf<Asks>();
    expectTypeOf<typeof ShedError.is>().toEqualTypeOf<Asks>();
    expectTypeOf<typeof CallTimeoutError.is>().toEqualTypeOf<Asks>();
    expectTypeOf<typeof StreamTruncatedError.is>().toEqualTypeOf<Asks>();
    expectTypeOf<typeof CircuitOpenError.from>().toEqualTypeOf<(error: unknown) => CircuitOpenError | null>();
    expectTypeOf<typeof ShedError.from>().toEqualTypeOf<(error: unknown) => ShedError | null>();
    expectTypeOf<typeof CallTimeoutError.from>().toEqualTypeOf<(error: unknown) => CallTimeoutError | null>();
    expectTypeOf<typeof StreamTruncatedError.from>().toEqualTypeOf<(error: unknown) => StreamTruncatedError | null>();
  });

  it("is a type guard where only the error itself will do", () => {
    expectTypeOf<typeof InvalidOptionError.is>().guards.toEqualTypeOf<InvalidOptionError>();
    expectTypeOf<typeof StoreError.is>().guards.toEqualTypeOf<StoreError>();
    expectTypeOf<typeof AllRoutesFailedError.is>().guards.toEqualTypeOf<AllRoutesFailedError>();
  });

  it("of the base is a plain question, or no class below it could ask one", () => {
    expectTypeOf<typeof RecloserError.is>().toEqualTypeOf<Asks>();
  });
});
