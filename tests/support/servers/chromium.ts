/** Debian's Chromium for a test of a page: named, found, or fetched with every library that this machine lacks. */
import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";
import { librariesIn, unpacked } from "./debian-packages.ts";
import { onPath, withLibraries } from "./server-process.ts";

const run = promisify(execFile);
// A machine without a desktop has no font: letters would be boxes.
const WANTED = ["chromium", "fonts-dejavu-core"];

// It speaks to nobody but the page's own server.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

interface Found {
  readonly path: string;
  readonly environment: NodeJS.ProcessEnv;
}

let found: Promise<Found> | null = null;

/** Whether tests that need a browser can run. With `CI=true` one that cannot be had is an error. */
export async function hasBrowser(): Promise<boolean> {
  try {
    await (found ??= findBrowser());
    return true;
  } catch (error) {
    if (process.env["CI"] === "true") throw error;
    console.log(`tests with a browser are skipped: ${String(error)}`);
    return false;
  }
}

/** A running browser; whoever asks for it closes it. */
export async function startBrowser(): Promise<Browser> {
  const { path, environment } = await (found ??= findBrowser());
  return chromium.launch({ executablePath: path, args: FLAGS, env: environment });
}

async function findBrowser(): Promise<Found> {
  const named = process.env["RECLOSER_CHROMIUM"] ?? onPath("chromium", "chromium-browser", "google-chrome");
  if (named !== null) return { path: named, environment: process.env };
  const folder = await unpacked("chromium", missingPackages);
  const path = join(folder, "usr/lib/chromium/chromium");
  return {
    path,
    environment: { ...withLibraries(librariesIn(folder)), FONTCONFIG_FILE: fontsOf(folder) },
  };
}

// What apt would install says which libraries are missing here; nobody needs to be root to ask.
async function missingPackages(): Promise<readonly string[]> {
  const ask = async (): Promise<string> =>
    (await run("apt-get", ["install", "--simulate", "--no-install-recommends", ...WANTED])).stdout;
  const answer = await ask().catch(async () => {
    await run("apt-get", ["update", "-qq"]);
    return ask();
  });
  return [...answer.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name as string);
}

function fontsOf(folder: string): string {
  const file = join(folder, "fonts.conf");
  mkdirSync(join(folder, "font-cache"), { recursive: true });
  const folders = [join(folder, "usr/share/fonts"), "/usr/share/fonts"].map((each) => `<dir>${each}</dir>`).join("");
  // Else a serif stands in for whatever family is not there.
  const fallback =
    '<match target="pattern"><edit name="family" mode="append" binding="strong"><string>DejaVu Sans</string></edit></match>';
  writeFileSync(
    file,
    `<?xml version="1.0"?><fontconfig>${folders}${fallback}<cachedir>${join(folder, "font-cache")}</cachedir></fontconfig>`,
  );
  return file;
}
