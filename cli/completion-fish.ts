import type { CompletionWords } from './completion.ts';
import type { CompletedCommand, CompletedOption } from './describe-commands.ts';

/** Returns the completion for fish, for `stuntdouble completion fish | source`. */
export function fishCompletion(words: CompletionWords): string {
  return `# Completion of stuntdouble for fish. Run once:
#   stuntdouble completion fish > ~/.config/fish/completions/stuntdouble.fish
function __stuntdouble_is
    set -l path
    for word in (commandline -opc)[2..]
        # The words after -- belong to another program.
        test "$word" = -- && return 1
        contains -- (string join ' ' $path $word) ${words.commands.map(({ path }) => quoted(path.join(' '))).join(' ')}
        and set -a path $word
    end
    test (string join ' ' $path) = "$argv"
end
${words.commands.flatMap((command) => linesOf(command, words)).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: CompletedCommand, words: CompletionWords): string[] {
  const start = `complete -c stuntdouble -n ${quoted(`__stuntdouble_is ${path.join(' ')}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
    ...(argument === 'event' ? [`${start} -f -a ${quoted(words.events.join(' '))}`] : []),
    ...options.map(
      (option) => `${start} ${flagsOf(option)} -d ${quoted(option.description)}${followedBy(option, words)}`,
    ),
  ];
}

function flagsOf({ flags }: CompletedOption): string {
  return flags
    .map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`))
    .join(' ');
}

function followedBy({ value }: CompletedOption, { events, scenarios }: CompletionWords): string {
  if (value === 'none') return '';
  if (value === 'path') return ' -r';
  const choices = value === 'event' ? events : value === 'scenario' ? scenarios : value;
  return ` -x -a ${quoted(choices.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
