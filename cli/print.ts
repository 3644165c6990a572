import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import { visible, visibleJson } from '../contract-tests/reporters/visible.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * Where a command writes: text for people, or one JSON object a line for programs. Whatever it prints, no character of
 * it reaches the terminal as a control, except line breaks, tabs and its own colors.
 */
export interface Printer {
  readonly json: boolean;
  /** For people; nothing under --json. */
  line(text?: string): void;
  /** The same for a report, which has colors of its own and has spelled out the controls in its texts. */
  report(text: string): void;
  /** For programs; nothing without --json. */
  object(value: object): void;
  /** Whether there is colour. */
  readonly colour: boolean;
  /** Marks a part of a line to be colored, when the terminal has color and NO_COLOR does not forbid it. */
  paint(style: Style, text: string): string;
}

export interface PrinterOptions {
  readonly json: boolean;
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

export function createPrinter({ json, out, env }: PrinterOptions): Printer {
  const colour = wantsColour(out, env);
  const colors = createColors();
  return {
    json,
    colour,
    line: (text = '') => {
      if (!json) out.write(`${colors.write(text)}\n`);
    },
    report: (text) => {
      if (!json) out.write(`${text}\n`);
    },
    object: (value) => {
      if (json) out.write(`${visibleJson(value)}\n`);
    },
    paint: (style, text) => (colour ? colors.mark(style, text) : text),
  };
}

/**
 * Colors are marked while a line is put together, and written at the very end: by then everything else in it counts as
 * text. The marks have a number in them that no text of a stranger can know.
 */
function createColors() {
  const id = randomBytes(8).toString('hex');
  const codes: string[] = [];
  const known = new Map<string, readonly [open: string, close: string]>();

  function marksOf(style: Style): readonly [open: string, close: string] {
    const name = String(style);
    const found = known.get(name);
    if (found !== undefined) return found;
    const [open = '', close = ''] = styleText(style, '|', { validateStream: false }).split('|');
    const mark = (code: string): string => `<${id}:${codes.push(code) - 1}>`;
    const marks = [mark(open), mark(close)] as const;
    known.set(name, marks);
    return marks;
  }

  return {
    mark(style: Style, text: string): string {
      const [open, close] = marksOf(style);
      return `${open}${text}${close}`;
    },
    write(text: string): string {
      // Every second part is the number of a code.
      const parts = text.split(new RegExp(`<${id}:(\\d+)>`));
      return parts
        .map((part, index) => (index % 2 === 0 ? visible(part) : (codes[Number(part)] ?? '')))
        .join('');
    },
  };
}

/** NO_COLOR (no-color.org) and FORCE_COLOR win over what the stream is. */
function wantsColour(out: PrinterOptions['out'], env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0') return true;
  return out.isTTY === true && env.TERM !== 'dumb';
}

/** Rows in columns, as wide as their longest cell; the last column runs free. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    }
  }
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  '),
  );
}
