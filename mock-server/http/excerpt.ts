/** The journal keeps tens of thousands of entries; with a megabyte in each, whoever sends rubbish would fill the memory. */
export const EXCERPT_LENGTH = 8192;

/** The start of a long text, and how long it was. */
export function excerpt(text: string): string {
  if (text.length <= EXCERPT_LENGTH) return text;
  // Through bytes, because a slice keeps the whole text alive.
  const start = Buffer.from(text.slice(0, EXCERPT_LENGTH)).toString();
  return `${start}… (${text.length} characters in all)`;
}
