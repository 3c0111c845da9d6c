// Writes where they come from into the packages that are about to be published: a signed release is refused where that is not
// the repository whose workflow signs. It is not in the tree, so that a fork publishes as itself.
import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { publishedPackages } from "./packages.mjs";

const repository = process.env["GITHUB_REPOSITORY"];
if (repository === undefined || !/^[\w.-]+\/[\w.-]+$/.test(repository))
  throw new Error(`GITHUB_REPOSITORY: expected owner/name, received ${repository ?? "nothing"}`);

for (const { dir, json } of publishedPackages()) {
  const stamped = {
    ...json,
    homepage: `https://github.com/${repository}#readme`,
    bugs: `https://github.com/${repository}/issues`,
    repository: {
      type: "git",
      url: `git+https://github.com/${repository}.git`,
      directory: `packages/${basename(dir)}`,
    },
  };
  writeFileSync(join(dir, "package.json"), `${JSON.stringify(stamped, null, 2)}\n`);
}
