/** What the tests of faults measure. For `npm run test:faults` each worker writes it as lines of JSON, a file of its own. */
import { appendFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { type FaultRecord, type FaultRow, RECORDS_VARIABLE } from "./rows.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** Keeps a row of the running test. A test that is tried again writes again: its last row is the one that counts. */
export function recordFault(row: FaultRow): void {
  const folder = process.env[RECORDS_VARIABLE];
  if (folder === undefined || folder === "") return;
  const { testPath = "", currentTestName = "" } = expect.getState();
  const record: FaultRecord = { ...row, file: testPath.replace(root, ""), test: currentTestName };
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, `${process.pid}.jsonl`), `${JSON.stringify(record)}\n`);
}
