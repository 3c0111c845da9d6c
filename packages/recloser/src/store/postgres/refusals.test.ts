import { afterEach, expect, test, vi } from "vitest";
import { StoreError } from "../../errors.ts";
import { historyRefusal, warnOfRefusal } from "./refusals.ts";

const emitted = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
afterEach(() => emitted.mockClear());

const refused = (code: string): StoreError =>
  new StoreError("PostgreSQL: no", { cause: Object.assign(new Error("no such thing"), { code }) });

test.each([
  ["RC001", "npx @recloser/cli migrate"],
  ["3F000", "npx @recloser/cli migrate"],
  ["42883", "npx @recloser/cli migrate"],
  ["42501", "grant the role"],
  ["28P01", "password"],
])("%s is told once, with what to do", (code, advice) => {
  warnOfRefusal(refused(code), `schema of ${code}`);
  warnOfRefusal(refused(code), `schema of ${code}`);
  expect(emitted.mock.calls).toEqual([
    [expect.stringContaining(advice), expect.objectContaining({ code: "RECLOSER_STORE_ACCESS" })],
  ]);
});

test.each([["57P01"], ["ECONNREFUSED"], ["53300"]])("%s passes by itself, and is not told", (code) => {
  warnOfRefusal(refused(code), "schema");
  expect(emitted).not.toHaveBeenCalled();
});

test.each([["42883"], ["42P01"], ["42501"], ["RC001"]])(
  "%s of the history is told once, and that circuits are shared",
  (code) => {
    for (let time = 0; time < 2; time++)
      expect(historyRefusal(refused(code), `history of ${code}`)).toMatchObject({
        code: "ERR_STORE",
        message: expect.stringContaining("npx @recloser/cli migrate"),
      });
    expect(emitted.mock.calls).toEqual([
      [
        expect.stringMatching(/circuits are shared all the same.*npx @recloser\/cli migrate/),
        expect.objectContaining({ code: "RECLOSER_STORE_HISTORY" }),
      ],
    ]);
  },
);

test.each([["55P03"], ["28P01"], ["57P01"]])(
  "%s of the history passes by itself, or is the store's to tell",
  (code) => {
    const error = refused(code);
    expect(historyRefusal(error, "schema")).toBe(error);
    expect(emitted).not.toHaveBeenCalled();
  },
);
