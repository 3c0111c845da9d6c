/** The scripts that shells read. Words of commands and options are letters and dashes; what they say about themselves is quoted. */
import type { CompletedCommand } from "./words.ts";

/** Also for zsh, which reads it by its own bashcompinit. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  const cases = commands.map(
    ({ name, inner, options, choices }) =>
      `    "${name}") words="${[...inner, ...choices, ...options.map(({ flag }) => flag), "--help"].join(" ")}" ;;`,
  );
  const top = [...commands.filter(isTop).map(({ name }) => name), "help", "--help", "--version"];
  const nested = commands.filter(({ inner }) => inner.length > 0).map(({ name }) => name);
  return `# recloser completion bash: put  source <(recloser completion bash)  into ~/.bashrc
_recloser() {
  local current="\${COMP_WORDS[COMP_CWORD]}" command="\${COMP_WORDS[1]}" words=""
  if [ "$COMP_CWORD" -le 1 ]; then
    words="${top.join(" ")}"
  else
    case "$command" in
      ${nested.join("|")}) if [ "$COMP_CWORD" -gt 2 ]; then command="$command \${COMP_WORDS[2]}"; fi ;;
    esac
    case "$command" in
${cases.join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _recloser recloser
`;
}

export function zshScript(commands: readonly CompletedCommand[]): string {
  const bash = bashScript(commands).split("\n").slice(1).join("\n");
  return `# recloser completion zsh: put  source <(recloser completion zsh)  into ~/.zshrc
autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash}`;
}

export function fishScript(commands: readonly CompletedCommand[]): string {
  const lines = commands.flatMap(({ name, summary, options, choices }) => {
    const [outer = "", inner] = name.split(" ");
    const offered =
      inner === undefined
        ? `-n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`
        : `-n "__fish_seen_subcommand_from ${outer}" -a ${inner} -d ${quoted(summary)}`;
    const seen = `-n "__fish_seen_subcommand_from ${inner ?? outer}"`;
    return [
      offered,
      ...choices.map((choice) => `${seen} -a ${quoted(choice)}`),
      ...options.map(
        (option) => `${seen} -l ${option.flag.slice(2)} ${option.takesValue ? "-r " : ""}-d ${quoted(option.summary)}`,
      ),
    ].map((line) => `complete -c recloser ${line}`);
  });
  return `# recloser completion fish > ~/.config/fish/completions/recloser.fish
complete -c recloser -f
${lines.join("\n")}
`;
}

function isTop({ name }: CompletedCommand): boolean {
  return !name.includes(" ");
}

function quoted(text: string): string {
  return `'${text.replaceAll(/['\\]/g, String.raw`\$&`)}'`;
}
