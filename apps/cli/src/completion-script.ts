import type { Command } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

interface Word {
  readonly word: string;
  readonly summary: string;
}

/** A command with what can follow it. */
interface Known extends Word {
  readonly options: readonly Word[];
  readonly below: readonly Word[];
}

const wordOf = (command: Command): Word => ({ word: command.name(), summary: command.summary() });

function knownCommands(program: Command): readonly Known[] {
  return program.commands.map((command) => ({
    ...wordOf(command),
    below: command.commands.map(wordOf),
    options: [...command.options, ...command.commands.flatMap(({ options }) => options)]
      .filter(({ long, hidden }) => long && !hidden)
      .map(({ long, description }) => ({ word: long as string, summary: description })),
  }));
}

const joined = (words: readonly Word[]): string => words.map(({ word }) => word).join(' ');

/** In single quotes for a POSIX shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function bashScript(commands: readonly Known[]): string {
  return `# floatpath completion bash >> ~/.bashrc
_floatpath() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${joined(commands)}"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(({ word, below, options }) => `      ${word}) words="${joined([...below, ...options])}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _floatpath floatpath
`;
}

function zshScript(commands: readonly Known[]): string {
  const described = (words: readonly Word[]): string =>
    words.map(({ word, summary }) => quoted(`${word}:${summary.replaceAll(':', '\\:')}`)).join(' ');
  return `#compdef floatpath
# floatpath completion zsh > a folder of $fpath, as _floatpath
_floatpath() {
  local -a known
  if (( CURRENT == 2 )); then
    known=(${described(commands)})
    _describe command known
    return
  fi
  case "$words[2]" in
${commands.map(({ word, below, options }) => `    ${word}) known=(${described([...below, ...options])}) ;;`).join('\n')}
  esac
  _describe option known -o
  _files
}
# Read as a function of $fpath it completes at once, sourced it registers itself.
if [[ "$funcstack[1]" = _floatpath ]]; then _floatpath "$@"; else compdef _floatpath floatpath; fi
`;
}

function fishScript(commands: readonly Known[]): string {
  const fishQuoted = (text: string): string =>
    `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = commands.flatMap(({ word, summary, below, options }) => [
    `complete -c floatpath -n __fish_use_subcommand -f -a ${word} -d ${fishQuoted(summary)}`,
    ...below.map(
      (sub) =>
        `complete -c floatpath -n '__fish_seen_subcommand_from ${word}' -f -a ${sub.word} -d ${fishQuoted(sub.summary)}`,
    ),
    ...options.map(
      (option) =>
        `complete -c floatpath -n '__fish_seen_subcommand_from ${word}' -l ${option.word.slice(2)} -d ${fishQuoted(option.summary)}`,
    ),
  ]);
  return `# floatpath completion fish > ~/.config/fish/completions/floatpath.fish\n${lines.join('\n')}\n`;
}

/** A script that completes the commands and options of `program`; files are completed where nothing else fits. */
export function completionScript(shell: Shell, program: Command): string {
  const commands = knownCommands(program);
  if (shell === 'bash') return bashScript(commands);
  return shell === 'zsh' ? zshScript(commands) : fishScript(commands);
}
