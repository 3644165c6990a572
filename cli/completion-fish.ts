import type { CompletedCommand, CompletedOption, CompletionWords, Words } from './describe-commands.ts';

/** Returns the completion for fish, for `stuntdouble completion fish | source`. */
export function fishCompletion(words: CompletionWords): string {
  const known = words.commands.filter(({ path }) => path.length > 0).map(({ path }) => path.join(' '));
  return `# Completion of stuntdouble for fish. Run once:
#   stuntdouble completion fish > ~/.config/fish/completions/stuntdouble.fish
function __stuntdouble_is
    set -l path ''
    for word in (commandline -opc)[2..]
        # The words after -- belong to another program.
        test "$word" = -- && return 1
        set -l longer (string trim -- "$path $word")
        contains -- $longer ${known.map(quoted).join(' ')}
        and set path $longer
    end
    test "$path" = "$argv"
end
${words.commands.flatMap((command) => linesOf(command, words)).join('\n')}
`;
}

function linesOf({ path, commands, options, argument }: CompletedCommand, words: CompletionWords): string[] {
  const start = `complete -c stuntdouble -n ${quoted(`__stuntdouble_is ${path.join(' ')}`.trim())}`;
  return [
    ...commands.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
    ...(argument === null ? [] : [`${start} -f -a ${quoted(wordsOf(argument, words))}`]),
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

function followedBy({ value }: CompletedOption, words: CompletionWords): string {
  if (value === 'none') return '';
  return value === 'path' ? ' -r' : ` -x -a ${quoted(wordsOf(value, words))}`;
}

function wordsOf(value: Words, { events, scenarios }: CompletionWords): string {
  return (value === 'event' ? events : value === 'scenario' ? scenarios : value).join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
