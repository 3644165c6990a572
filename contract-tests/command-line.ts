/** As a shell reads it. */
export function quote(text: string): string {
  return /^[\w./:=@%+{}-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A command with its options; those without a value are left out. */
export function commandLine(
  words: readonly string[],
  options: readonly (readonly [flag: string, value: string | number | undefined])[],
): string {
  const given = options.flatMap(([flag, value]) => (value === undefined ? [] : [flag, quote(String(value))]));
  return [...words, ...given].join(' ');
}
