/** Programs of Debian, unpacked without root, for tests that need a real one which the machine does not have. */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const CACHE = fileURLToPath(new URL("../../../.cache", import.meta.url));

/**
 * A folder with the packages in it, fetched once and kept in `.cache`.
 *
 * @param packages their names, or what finds them when they are not there yet
 * @param complete what is to be done in the folder before it is one, such as a link
 * @param suite another one than the machine's own, such as `bookworm-backports`
 */
export async function unpacked(
  name: string,
  packages: readonly string[] | (() => Promise<readonly string[]>),
  complete: (folder: string) => void = () => {},
  suite: string | null = null,
): Promise<string> {
  const place = join(CACHE, name);
  if (existsSync(place)) return place;
  mkdirSync(CACHE, { recursive: true });
  // Made complete beside its place, since several test files may look at once.
  const folder = mkdtempSync(`${place}-`);
  try {
    const names = typeof packages === "function" ? await packages() : packages;
    const lists = suite === null ? [] : listsOf(suite);
    const download = (): Promise<unknown> => run("apt-get", [...lists, "download", ...names], { cwd: folder });
    const update = (): Promise<unknown> => run("apt-get", [...lists, "update", "-qq"]);
    if (suite !== null) await update();
    await download().catch(() => update().then(download));
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

// Beside the machine's own lists, which stay as they are.
function listsOf(suite: string): string[] {
  const own = mkdtempSync(join(tmpdir(), "recloser-apt-"));
  mkdirSync(join(own, "lists/partial"), { recursive: true });
  mkdirSync(join(own, "cache/archives/partial"), { recursive: true });
  const source = join(own, "sources.list");
  const suites = [suite, suite.replace(/-.*/, "")];
  writeFileSync(source, suites.map((each) => `deb http://deb.debian.org/debian ${each} main\n`).join(""));
  return [
    `Dir::Etc::sourcelist=${source}`,
    "Dir::Etc::sourceparts=-",
    `Dir::State::lists=${join(own, "lists")}`,
    `Dir::Cache=${join(own, "cache")}`,
  ].flatMap((setting) => ["-o", setting]);
}

/** Where the unpacked libraries are, for `LD_LIBRARY_PATH`: some packages keep theirs in folders of their own. */
export function librariesIn(folder: string): string {
  const places = new Set<string>();
  for (const root of ["lib", "usr/lib"].map((name) => join(folder, name)).filter((each) => existsSync(each))) {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true }))
      if (/\.so(\.|$)/.test(entry.name)) places.add(entry.parentPath);
  }
  return [...places].join(delimiter);
}
