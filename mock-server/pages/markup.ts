import { visible } from './visible.ts';

/** Text that is already markup. All other text is escaped when it is inserted into a template. */
export interface Markup {
  readonly markup: string;
}

type MarkupPart = Markup | string | number | null | readonly MarkupPart[];

type Tag = (texts: TemplateStringsArray, ...parts: readonly MarkupPart[]) => Markup;

/** Builds HTML: inserted text is escaped, lists are joined, and null adds nothing. */
export const html: Tag = createTag((text) => escapeMarkup(visible(text)));

/** Builds XML 1.0, which forbids most control characters even when escaped, so they are removed. */
export const xml: Tag = createTag((text) =>
  escapeMarkup(text.replace(FORBIDDEN, '')).replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`),
);

/** Marks trusted text as markup. Never use it for texts of a report. */
export function trusted(markup: string): Markup {
  return { markup };
}

/** The `u` flag excludes unpaired surrogates as well. */
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
  const write = (part: MarkupPart): string => {
    if (part === null) return '';
    if (typeof part === 'string') return escapeText(part);
    if (typeof part === 'number') return String(part);
    return 'markup' in part ? part.markup : part.map(write).join('');
  };
  return (texts, ...parts) => ({
    markup: texts.map((text, index) => `${text}${write(parts[index] ?? null)}`).join(''),
  });
}
