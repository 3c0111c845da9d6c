/** Programs of Debian, unpacked without root, for tests that need a real one which the machine does not have. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL("../../../.cache", import.meta.url));

/**
 * A folder with the packages in it, fetched once and kept in `.cache`.
 *
 * @param complete what is to be done in the folder before it is one, such as a link
 */
export async function unpacked(
  name: string,
  packages: readonly string[],
  complete: (folder: string) => void = () => {},
): Promise<string> {
  const place = join(CACHE, name);
  if (existsSync(place)) return place;
  mkdirSync(CACHE, { recursive: true });
  // Made complete beside its place, since several test files may look at once.
  const folder = mkdtempSync(`${place}-`);
  try {
    await run("apt-get", ["download", ...packages], { cwd: folder }).catch(async () => {
      await run("apt-get", ["update", "-qq"]);
      await run("apt-get", ["download", ...packages], { cwd: folder });
    });
    for (const file of readdirSync(folder).filter((each) => each.endsWith(".deb"))) {
      await run("dpkg-deb", ["-x", file, "."], { cwd: folder });
      rmSync(join(folder, file));
    }
    complete(folder);
    renameSync(folder, place);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(place)) throw error; // another one was faster
  }
  return place;
}

/** Where the unpacked libraries are, for `LD_LIBRARY_PATH`. */
export function librariesIn(folder: string): string {
  const libraries = join(folder, "usr/lib");
  if (!existsSync(libraries)) return "";
  return readdirSync(libraries)
    .map((name) => join(libraries, name))
    .join(delimiter);
}
