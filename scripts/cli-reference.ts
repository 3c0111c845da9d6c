// Makes what the command line and its documentation have of each other: npm run cli:reference.
//   docs/reference/cli.md                                       the help of every command, between its marks
//   packages/cli/src/explain/explanations.generated.ts          docs/reference/errors.md, for `recloser explain`
// tests/docs/cli.test.ts fails where they say different things.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { explanationsModule } from "../tests/support/explanations.ts";

const at = (path: string): string => fileURLToPath(new URL(`../${path}`, import.meta.url));

writeFileSync(at("packages/cli/src/explain/explanations.generated.ts"), explanationsModule());
// Not before it is there: the commands import it.
const { pageWithHelp } = await import("../tests/support/cli-help.ts");
const page = at("docs/reference/cli.md");
writeFileSync(page, pageWithHelp(readFileSync(page, "utf8")));
