import { visible } from './visible.ts';

/** A part of a line of JSON, by its role. */
export interface JsonPart {
  readonly role: 'key' | 'text' | 'number' | 'word' | 'sign' | 'hidden' | 'link';
  readonly text: string;
}

export interface JsonLine {
  readonly indent: number;
  readonly parts: readonly JsonPart[];
  /** The number of lines inside the object or array that this line opens; 0 if it opens none. */
  readonly holds: number;
}

interface OpenLine {
  readonly indent: number;
  readonly parts: JsonPart[];
  holds: number;
}

const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;
const LINK = /^https?:\/\/\S+$/;
const OPENING: ReadonlySet<string | undefined> = new Set(['{', '[']);
const CLOSING: ReadonlySet<string | undefined> = new Set(['}', ']']);

/**
 * Returns JSON as indented lines, without changing its numbers, keys or their order. Characters that cannot be seen are
 * parts of their own. @returns null if the text is not JSON
 */
export function jsonLines(text: string): readonly JsonLine[] | null {
  if (!isJson(text)) return null;
  const tokens = text.match(TOKENS) ?? [];
  const writer = new LineWriter();
  tokens.forEach((token, index) => {
    const [before, next] = [tokens[index - 1], tokens[index + 1]];
    if (OPENING.has(token)) writer.open(token, CLOSING.has(next));
    else if (CLOSING.has(token)) writer.close(token, OPENING.has(before));
    else if (token === ',') writer.endLine();
    else writer.add(...partsOf(token, next === ':'));
  });
  return writer.lines;
}

class LineWriter {
  readonly lines: OpenLine[] = [{ indent: 0, parts: [], holds: 0 }];
  readonly #opened: number[] = [];

  add(...parts: readonly JsonPart[]): void {
    this.lines.at(-1)?.parts.push(...parts);
  }

  open(sign: string, isEmpty: boolean): void {
    this.add({ role: 'sign', text: sign });
    this.#opened.push(this.lines.length - 1);
    if (!isEmpty) this.#newLine();
  }

  close(sign: string, isEmpty: boolean): void {
    const opening = this.#opened.pop() ?? 0;
    if (!isEmpty) {
      this.#newLine();
      const line = this.lines[opening];
      if (line !== undefined) line.holds = this.lines.length - 2 - opening;
    }
    this.add({ role: 'sign', text: sign });
  }

  endLine(): void {
    this.add({ role: 'sign', text: ',' });
    this.#newLine();
  }

  #newLine(): void {
    this.lines.push({ indent: this.#opened.length, parts: [], holds: 0 });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function partsOf(token: string, isKey: boolean): readonly JsonPart[] {
  if (token === ':') return [{ role: 'sign', text: ': ' }];
  if (token[0] !== '"') return [{ role: /^[-\d]/.test(token) ? 'number' : 'word', text: token }];
  const inner = token.slice(1, -1);
  if (!isKey && LINK.test(inner) && visible(inner) === inner && !inner.includes('\\')) {
    return [
      { role: 'text', text: '"' },
      { role: 'link', text: inner },
      { role: 'text', text: '"' },
    ];
  }
  return visibleParts(token, isKey ? 'key' : 'text');
}

/** Returns a text in parts, with characters that cannot be seen written as escapes. */
export function visibleParts(text: string, role: JsonPart['role'] = 'text'): readonly JsonPart[] {
  const parts: { role: JsonPart['role']; text: string }[] = [];
  for (const char of text) {
    const shown = visible(char);
    const own = shown === char ? role : 'hidden';
    const last = parts.at(-1);
    if (last?.role === own) last.text += shown;
    else parts.push({ role: own, text: shown });
  }
  return parts;
}
