/** Quotes a word for a shell. */
export function quote(text: string): string {
  return /^[\w./:=@%+{}-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Builds a command with its options; options without a value are omitted. */
export function commandLine(
  words: readonly string[],
  options: readonly (readonly [flag: string, value: string | number | undefined])[],
): string {
  const given = options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quote(String(value))]));
  return [...words, ...given].join(' ');
}
