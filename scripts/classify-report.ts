/** Prints how `classify` reads the recorded cases, as a Markdown table: `node --import tsx scripts/classify-report.ts`. */

import { confusionTable, outcomeCases, runCorpus } from "../tests/support/outcome-corpus.ts";

const report = runCorpus(outcomeCases());
console.log(confusionTable(report));
for (const { id, wanted, got } of report.mismatches) console.log(`${id}: expected ${wanted}, got ${got}`);
process.exitCode = report.mismatches.length === 0 ? 0 : 1;
