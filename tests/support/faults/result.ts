/** What a run found: rows of the tests that passed, and of each line of the catalogues which tests showed it. */
import type { Machine } from "../../../benchmarks/machine.ts";
import type { Catalogue, Proof } from "./catalogue.ts";
import type { FaultRecord } from "./rows.ts";

/** A test as vitest's JSON reporter tells of it. */
export interface TestRun {
  readonly file: string;
  readonly name: string;
  readonly status: string;
}

export interface ShownLine {
  readonly catalogue: string;
  readonly fault: string;
  /** The tests of each proof: how many passed, and the names of those that did not. */
  readonly proofs: readonly {
    readonly file: string;
    readonly words: string;
    readonly passed: number;
    readonly failed: readonly string[];
  }[];
}

export interface FaultsResult {
  readonly date: string;
  /** Processes that waited for a core over the last minutes, at the start and at the end. */
  readonly load: { readonly start: readonly number[]; readonly end: readonly number[] };
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly lines: readonly ShownLine[];
  readonly records: readonly FaultRecord[];
}

/** Whether every test that is to show it passed, and there is one for each proof. */
export function isShown({ proofs }: ShownLine): boolean {
  return proofs.every(({ passed, failed }) => passed > 0 && failed.length === 0);
}

export function shownLines(catalogues: readonly Catalogue[], runs: readonly TestRun[]): ShownLine[] {
  return catalogues.flatMap(({ heading, lines }) =>
    lines.map(({ fault, proofs }) => ({
      catalogue: heading,
      fault,
      proofs: proofs.map((proof) => shown(proof, runs)),
    })),
  );
}

function shown([file, words = ""]: Proof, runs: readonly TestRun[]): ShownLine["proofs"][number] {
  const tests = runs.filter((run) => run.file === file && run.name.includes(words));
  return {
    ...{ file, words },
    passed: tests.filter(({ status }) => status === "passed").length,
    failed: tests.filter(({ status }) => status === "failed").map(({ name }) => name),
  };
}

/** The last row of each test and fault: a test that was tried again wrote more than once. A test that failed has none. */
export function rowsThatCount(records: readonly FaultRecord[], runs: readonly TestRun[]): FaultRecord[] {
  const passed = new Set(runs.filter(({ status }) => status === "passed").map(({ file, name }) => `${file} ${name}`));
  const last = new Map<string, FaultRecord>();
  for (const record of records) {
    if (record.table === "version") last.set(record.server, record);
    const test = `${record.file} ${record.test.replaceAll(" > ", " ")}`;
    if (!passed.has(test)) continue;
    const what = "what" in record ? record.what : "";
    last.set(`${test} ${"fault" in record ? record.fault : record.server} ${what}`, record);
  }
  return [...last.values()].toSorted((one, other) => orderOf(one).localeCompare(orderOf(other)));
}

const orderOf = (record: FaultRecord): string => `${record.table} ${record.file} ${record.test}`;
