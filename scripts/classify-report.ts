/**
 * Prints how `classify` reads the recorded cases and each blind set, as Markdown: `node --import tsx scripts/classify-report.ts`.
 * A set's first run is what to expect of cases that nobody here has seen.
 */

import { confusionTable, outcomeSets, runCorpus } from "../tests/support/outcome-corpus.ts";

for (const { name, firstRun, cases } of outcomeSets()) {
  const report = runCorpus(cases);
  console.log(`## ${name}\n\n${confusionTable(report)}`);
  if (firstRun !== null) console.log(`On the first run ${firstRun.passed} of ${firstRun.total} were.`);
  console.log("");
  for (const { id, wanted, got } of report.mismatches) console.log(`${id}: expected ${wanted}, got ${got}`);
  if (report.mismatches.length > 0) process.exitCode = 1;
}
