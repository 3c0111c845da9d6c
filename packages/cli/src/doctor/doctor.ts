/** `recloser doctor`: looks at all that is named, one thing after the other, and says what mends what is wrong. */
import type { Inspection } from "recloser/inspect";
import { EXIT } from "../exit-code.ts";
import { listenForInterruption } from "../interruption.ts";
import { looksOf, type Shell } from "../shell.ts";
import { type Line, paint, wrap } from "../terminal/line.ts";
import { jsonLine } from "../terminal/printable.ts";
import { type ServerGiven, serverSettings } from "../verbs/server/options.ts";
import { storeSettings, type StoreSettings } from "../verbs/source/options.ts";
import { columnsIn } from "../verbs/status.ts";
import { circuitsOf } from "./circuits-seen.ts";
import { configChecks } from "./config-checks.ts";
import type { DoctorGiven } from "./command.ts";
import { type Finding, type Level, well } from "./finding.ts";
import { nodeCheck } from "./node-check.ts";

export async function doctor(shell: Shell, given: DoctorGiven): Promise<void> {
  const server = serverSettings(shell, serverGiven(given));
  const interruption = listenForInterruption();
  const stopped = new Promise<null>((resolve) =>
    interruption.signal.addEventListener("abort", () => resolve(null), { once: true }),
  );
  const report = new Report(shell, given.json === true);
  const examine = async (): Promise<void> => {
    report.add([nodeCheck(process.versions.node)]);
    const { findings, config } = await configChecks(shell, given.config);
    report.add(findings);
    const store = storeOf(shell, given, config?.store ?? null);
    report.add(store === null ? [NO_STORE] : []);
    if (store !== null) report.add(await ofStore(store));
    if (server !== null) report.add(await ofServer(shell, server));
  };
  try {
    await Promise.race([examine(), stopped]);
    shell.exitWith(interruption.exitCode ?? report.end());
  } finally {
    interruption.release();
  }
}

// It looks at both where both are named.
function serverGiven({ server, tokenFile, serverTimeout }: DoctorGiven): ServerGiven {
  return { serverTimeout, ...(server !== undefined && { server }), ...(tokenFile !== undefined && { tokenFile }) };
}

const NO_STORE = well("store", "none named: circuits in memory are each process's own (-s redis://… shares them)");

// An option or its variable is about the store of whoever asks; the configuration's is the gateway's.
function storeOf(
  shell: Shell,
  given: DoctorGiven,
  ofConfig: { readonly url: string; readonly namespace: string } | null,
): StoreSettings | null {
  const isNamed =
    given.store !== undefined || ["RECLOSER_STORE", "REDIS_URL"].some((name) => (shell.env[name] ?? "") !== "");
  if (given.store === undefined && ofConfig !== null && !ofConfig.url.startsWith("memory:")) {
    const { url, namespace } = ofConfig;
    return {
      ...storeSettings(shell, { ...given, store: url, namespace: given.namespace ?? namespace }),
      hasPasswordInArgv: false,
    };
  }
  return isNamed && !(shell.env["RECLOSER_STORE"] ?? "").startsWith("memory:") ? storeSettings(shell, given) : null;
}

async function ofStore(settings: StoreSettings): Promise<readonly Finding[]> {
  const { examineStore } = await import("./store-visit.ts");
  return examineStore(settings);
}

async function ofServer(
  shell: Shell,
  settings: NonNullable<ReturnType<typeof serverSettings>>,
): Promise<readonly Finding[]> {
  const [{ serverChecks }, { ServerSource }, { tokenOf }] = await Promise.all([
    import("./server-checks.ts"),
    import("../verbs/server/server-source.ts"),
    import("../verbs/server/token.ts"),
  ]);
  // Standard input is read once.
  const token = await tokenOf(shell, settings);
  const source = await ServerSource.open(shell, { ...settings, token, tokenFile: null });
  try {
    const read = (): Promise<Inspection> => source.read();
    const { findings, inspection } = await serverChecks(settings, token, read);
    return inspection === null ? findings : [...findings, ...circuitsOf(inspection, new Map())];
  } finally {
    await source.close();
  }
}

const SIGN: Readonly<Record<Level, Line[number]>> = {
  ok: ["✓", "closed"],
  warning: ["!", "half-open"],
  failure: ["✖", "open"],
};
const LABEL = 13;

/** Tells each finding as it comes; as JSON all of them at the end. */
class Report {
  readonly #shell: Shell;
  readonly #json: boolean;
  readonly #colour: boolean;
  readonly #width: number;
  readonly #all: Finding[] = [];

  constructor(shell: Shell, json: boolean) {
    this.#shell = shell;
    this.#json = json;
    this.#colour = looksOf(shell).colour;
    this.#width = Math.max(40, columnsIn(shell) - LABEL - 2);
  }

  add(findings: readonly Finding[]): void {
    this.#all.push(...findings);
    if (this.#json) return;
    for (const finding of findings)
      for (const line of this.#lines(finding)) this.#shell.stdout.write(`${paint(line, Infinity, this.#colour)}\n`);
  }

  end(): typeof EXIT.ok | typeof EXIT.failed {
    const ok = this.#all.every(({ level }) => level !== "failure");
    if (this.#json) this.#shell.stdout.write(`${jsonLine({ ok, checks: this.#all })}\n`);
    return ok ? EXIT.ok : EXIT.failed;
  }

  #lines({ check, level, text, why, fix, details }: Finding): Line[] {
    const below = (label: string, what: string): Line[] =>
      wrap(what, this.#width).map((part, at) => [[`  ${(at === 0 ? label : "").padEnd(LABEL)}`, "dim"], part]);
    const [first = "", ...more] = wrap(text, this.#width);
    return [
      [SIGN[level], " ", [check.padEnd(LABEL), "strong"], first],
      ...more.flatMap((part) => below("", part)),
      ...details.flatMap((detail) => below("", detail)),
      ...(why === null ? [] : below("why", why)),
      ...(fix === null ? [] : below("mend it", fix)),
    ];
  }
}
