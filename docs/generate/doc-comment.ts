/** The parts of a doc comment. */
export interface Doc {
  readonly text: string;
  readonly tags: readonly { readonly name: string; readonly text: string }[];
}

export const NO_DOC: Doc = { text: '', tags: [] };

/** Splits a doc comment into its parts. @param comment text between the delimiters of the comment */
export function readDoc(comment: string): Doc {
  const lines = comment
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^ *\* ?/, '').trimEnd());
  const [text = '', ...tags] = lines
    .join('\n')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .split(/(?<=^|\s)@(?=(?:param|returns|throws|example|deprecated|see|default)\b)/);
  return {
    text: text.trim(),
    tags: tags.map((tag) => {
      const [, name = '', rest = ''] = /^(\w+)\s*([\s\S]*)$/.exec(tag) ?? [];
      return { name, text: rest.trim() };
    }),
  };
}

/** Returns the text and the tags in one line, without examples. */
export function docLine({ text, tags }: Doc): string {
  const rest = tags.filter(({ name }) => name !== 'example').map((tag) => tagText(tag));
  return [text, ...rest].filter((part) => part !== '').join(' ');
}

/** Returns a tag as a sentence or phrase. */
export function tagText({ name, text }: Doc['tags'][number]): string {
  switch (name) {
    case 'throws':
      return `Throws ${text.replace(/^\{(\w+)\}/, '`$1`')}.`.replace(/\.\.$/, '.');
    case 'returns':
      return `Returns ${text}.`.replace(/\.\.$/, '.');
    case 'param':
      return text.replace(/^(\w+)\s+/, '`$1`: ');
    default:
      return `${name}: ${text}`;
  }
}
