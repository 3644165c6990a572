import type { CompletedCommand, CompletionWords, OptionValue, Words } from './describe-commands.ts';

/** Returns the completion for zsh, for `source <(stuntdouble completion zsh)` or a file in `$fpath`. */
export function zshCompletion({ commands, events, scenarios }: CompletionWords): string {
  const known = commands.filter(({ path }) => path.length > 0).map(({ path }) => quoted(path.join(' ')));
  return `#compdef stuntdouble
# Completion of stuntdouble for zsh. Add to ~/.zshrc after compinit: source <(stuntdouble completion zsh)
_stuntdouble() {
  local -a known list events scenarios
  local current='' word
  known=(${known.join(' ')})
  events=(${events.map(quoted).join(' ')})
  scenarios=(${scenarios.map(quoted).join(' ')})
  for word in \${words[2,CURRENT-1]}; do
    # The words after -- belong to another program.
    if [[ $word == -- ]]; then _files; return; fi
    (( \${known[(Ie)\${current:+$current }$word]} )) && current="\${current:+$current }$word"
  done
  case "$current \${words[CURRENT-1]}" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$current" in
${commands.map(wordsCase).join('\n')}
  esac
}
# Sourced, the function has to be registered; from $fpath, it has to run.
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _stuntdouble "$@"; else compdef _stuntdouble stuntdouble; fi
`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ flags, value }) => {
      const patterns = flags.map((flag) => quoted(`${path.join(' ')} ${flag}`)).join('|');
      return `    ${patterns}) ${actionOf(value)}; return ;;`;
    });
}

function actionOf(value: OptionValue): string {
  if (value === 'path' || value === 'none') return '_files';
  return adding(value);
}

function adding(value: Words): string {
  return `compadd -- ${typeof value === 'string' ? `$${value}s` : value.map(quoted).join(' ')}`;
}

function wordsCase({ path, commands, options, argument }: CompletedCommand): string {
  const named = (name: string, text: string): string => quoted(`${name.replaceAll(':', '\\:')}:${text}`);
  const below = commands.map(({ name, description }) => named(name, description));
  const flags = options.flatMap(({ flags: own, description }) => own.map((flag) => named(flag, description)));
  const steps = [
    ...(below.length === 0 ? [] : [`list=(${below.join(' ')}); _describe -t commands command list`]),
    ...(argument === null ? [] : [adding(argument)]),
    `list=(${flags.join(' ')}); _describe -o -t options option list`,
  ];
  return `    ${quoted(path.join(' '))}) ${steps.join('; ')} ;;`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
