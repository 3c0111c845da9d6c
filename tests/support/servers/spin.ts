/** The model checker spin, of Debian, and the machine's C compiler, which makes a program of each model that looks at every state. */
import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { unpacked } from "./debian-packages.ts";
import { onPath } from "./server-process.ts";

const run = promisify(execFile);
const LONGEST_MS = 300_000;

/** One model, with some of its parts switched on. */
export interface Model {
  readonly file: string;
  readonly defines: readonly string[];
  /** Looks for runs without end that break the model's `ltl`, beside assertions. */
  readonly hasLtl: boolean;
}

export interface Searched {
  /** States looked at: all there are where nothing was found, else those until then. */
  readonly states: number;
  /** What was violated, in spin's words; null where everything holds. */
  readonly violated: string | null;
}

/** @throws where a model cannot be read, a tool is missing, or the search was not complete */
export async function search({ file, defines, hasLtl }: Model): Promise<Searched> {
  const folder = await mkdtemp(join(tmpdir(), "recloser-spec-"));
  try {
    const { spin, gcc } = await tools();
    const flags = defines.map((name) => `-D${name}`);
    await made(run(spin, ["-a", ...flags, file], { cwd: folder, env: { ...process.env, PATH: path(gcc) } }), file);
    // Weak fairness needs room for each process of a model.
    const kind = hasLtl ? ["-DNFAIR=3"] : ["-DSAFETY"];
    // Without optimizing: compiling is most of the time, and these searches are short.
    await run(gcc, ["-O0", "-w", "-DVECTORSZ=2048", ...kind, "-o", "pan", "pan.c"], { cwd: folder });
    // Without -E a model that comes to rest would be an error: they all do, when what may happen has happened.
    const asked = hasLtl ? ["-a", "-f"] : [];
    const searching = await run(join(folder, "pan"), ["-m100000", "-E", ...asked], {
      cwd: folder,
      timeout: LONGEST_MS,
    });
    return read(searching.stdout, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tools(): Promise<{ spin: string; gcc: string }> {
  const spin = onPath("spin") ?? join(await unpacked("spin", ["spin"]), "usr/bin/spin");
  const gcc = onPath("gcc");
  if (gcc === null) throw new Error("gcc is missing: apt-get install gcc libc6-dev");
  return { spin, gcc };
}

// spin asks for gcc by name, to read #define and #if.
function path(gcc: string): string {
  return [join(gcc, ".."), process.env["PATH"]].join(delimiter);
}

// It says what is wrong with a model on stdout.
async function made(spinning: Promise<unknown>, file: string): Promise<void> {
  try {
    await spinning;
  } catch (error) {
    const { stdout = "" } = error as { stdout?: string };
    throw new Error(`${file}: ${stdout.trim() || String(error)}`, { cause: error });
  }
}

function read(said: string, file: string): Searched {
  const states = Number(/(\d+) states, stored/.exec(said)?.[1]);
  const errors = Number(/errors: (\d+)/.exec(said)?.[1]);
  const isCut = /max search depth too small|out of memory|VECTORSZ/.test(said);
  if (Number.isNaN(states) || Number.isNaN(errors) || isCut) throw new Error(`${file}: not searched whole:\n${said}`);
  const violated = /pan:\d+: (.*) \(at depth/.exec(said)?.[1] ?? "an error that spin does not name";
  return { states, violated: errors === 0 ? null : violated };
}
