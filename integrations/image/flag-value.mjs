/** Returns the value of an option on a command line; undefined if it is not there. */
export function flagValue(words, ...flags) {
  for (const [index, word] of words.entries()) {
    const [name, ...rest] = word.split('=');
    if (flags.includes(name)) return rest.length > 0 ? rest.join('=') : words[index + 1];
  }
  return undefined;
}
