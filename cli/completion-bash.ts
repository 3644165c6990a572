import type { CompletedCommand, CompletionWords, OptionValue, Words } from './describe-commands.ts';

/** Returns the completion for bash, for `source <(stuntdouble completion bash)`. */
export function bashCompletion({ commands, events, scenarios }: CompletionWords): string {
  const known = commands.filter(({ path }) => path.length > 0).map(({ path }) => path.join(' '));
  return `# Completion of stuntdouble for bash. Add to ~/.bashrc: source <(stuntdouble completion bash)
_stuntdouble_events='${events.join(' ')}'
_stuntdouble_scenarios='${scenarios.join(' ')}'
_stuntdouble() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word words=''
  COMPREPLY=()
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    # The words after -- belong to another program.
    if [[ $word == -- ]]; then COMPREPLY=($(compgen -c -f -- "$cur")); return; fi
    case "|${known.join('|')}|" in *"|\${path:+$path }$word|"*) path="\${path:+$path }$word" ;; esac
  done
  case "$path $prev" in
${commands.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${commands.map(wordsCase).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _stuntdouble stuntdouble
`;
}

function valueCases({ path, options }: CompletedCommand): string[] {
  return options
    .filter(({ value }) => value !== 'none')
    .map(({ flags, value }) => {
      const patterns = flags.map((flag) => `"${path.join(' ')} ${flag}"`).join('|');
      return `    ${patterns}) ${replyOf(value)}; return ;;`;
    });
}

function replyOf(value: OptionValue): string {
  if (value === 'path' || value === 'none') return `COMPREPLY=($(compgen -f -- "$cur"))`;
  return `COMPREPLY=($(compgen -W "${wordsOf(value)}" -- "$cur"))`;
}

function wordsOf(value: Words): string {
  return typeof value === 'string' ? `$_stuntdouble_${value}s` : value.join(' ');
}

function wordsCase({ path, commands, options, argument }: CompletedCommand): string {
  const names = commands.map(({ name }) => name);
  const flags = options.flatMap((option) => option.flags);
  const first = argument === null ? [] : [wordsOf(argument)];
  return `    "${path.join(' ')}") words="${[...names, ...first, ...flags].join(' ')}" ;;`;
}
