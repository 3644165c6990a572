import { visible } from './visible.ts';

/** Text that is already markup. Everything else is escaped when it is put into a template. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | null | readonly Part[];

type Tag = (texts: TemplateStringsArray, ...parts: readonly Part[]) => Markup;

/** For HTML: what is put in is escaped, lists are joined, null is nothing. */
export const html: Tag = createTag((text) => escapeMarkup(visible(text)));

/** For XML 1.0, which forbids most control characters even when they are escaped: they are left out. */
export const xml: Tag = createTag((text) =>
  escapeMarkup(text.replace(FORBIDDEN, '')).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`),
);

/** Text that is known to be markup. Never for texts of a report. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** With the flag `u`, half of a surrogate pair is excluded as well. */
const FORBIDDEN = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeMarkup(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? '');
}

function createTag(escapeText: (text: string) => string): Tag {
  const write = (part: Part): string => {
    if (part === null) return '';
    if (typeof part === 'string') return escapeText(part);
    if (typeof part === 'number') return String(part);
    return 'markup' in part ? part.markup : part.map(write).join('');
  };
  return (texts, ...parts) => ({
    markup: texts.map((text, index) => `${text}${write(parts[index] ?? null)}`).join(''),
  });
}
