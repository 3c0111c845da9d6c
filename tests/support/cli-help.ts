/** The help of each command as `--help` prints it, for the page that has all of it. */
import { COMMANDS } from "../../packages/cli/src/commands.ts";

type Command = ReturnType<(typeof COMMANDS)[number]>;

const WIDTH = 110;

const silent = { write: () => true } as unknown as NodeJS.WriteStream;

/** By name, those inside of others as `config show`. */
export function helpTexts(): ReadonlyMap<string, string> {
  const shell = { stdout: silent, stderr: silent, env: {}, exitWith: () => {} };
  const texts = new Map<string, string>();
  for (const create of COMMANDS) {
    const command = create(shell);
    texts.set(command.name(), helpOf(command, "recloser"));
    for (const inner of command.commands)
      texts.set(`${command.name()} ${inner.name()}`, helpOf(inner, `recloser ${command.name()}`));
  }
  return texts;
}

function helpOf(command: Command, parent: string): string {
  let text = "";
  command.configureOutput({
    writeOut: (more) => (text += more),
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  });
  command.outputHelp();
  // By itself a command does not know whose it is.
  return text.replace(/^Usage: (?!recloser)/m, `Usage: ${parent} `).trimEnd();
}

/** @throws Error for a mark of a command that there is not, and for a command without a mark */
export function pageWithHelp(page: string): string {
  const texts = new Map(helpTexts());
  const made = page.replaceAll(
    /(<!-- help: ([\w -]+?) -->\n)[^]*?(<!-- end -->)/g,
    (_, start: string, name: string, end: string) => {
      const text = texts.get(name);
      if (text === undefined) throw new Error(`there is no command ${name}`);
      texts.delete(name);
      return `${start}\n\`\`\`text\n${text}\n\`\`\`\n\n${end}`;
    },
  );
  if (texts.size > 0) throw new Error(`the page has no place for ${[...texts.keys()].join(", ")}`);
  return made;
}
