import { randomBytes } from 'node:crypto';
import { styleText } from 'node:util';
import { visible, visibleJson } from '../mock-server/pages/visible.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * The output of a command: human-readable text, or one JSON object per line. Control characters are escaped,
 * except line breaks, tabs and the printer's own colors.
 */
export interface Printer {
  readonly json: boolean;
  /** Prints a human-readable line; has no effect with --json. */
  line(text?: string): void;
  /** Prints a report that has already been colored and whose control characters have been escaped. */
  report(text: string): void;
  /** Prints an object for programs; has no effect without --json. */
  object(value: object): void;
  /** The stream for progress and warnings. */
  readonly err: PrinterOptions['err'];
  /** Whether output is colored. */
  readonly color: boolean;
  /** Marks a part of a line for coloring, if output is colored. */
  paint(style: Style, text: string): string;
}

export interface PrinterOptions {
  readonly json: boolean;
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

export function createPrinter({ json, out, err, env }: PrinterOptions): Printer {
  const color = wantsColor(out, env);
  const colors = createColors();
  return {
    json,
    err,
    color,
    line: (text = '') => {
      if (!json) out.write(`${colors.write(text)}\n`);
    },
    report: (text) => {
      if (!json) out.write(`${text}\n`);
    },
    object: (value) => {
      if (json) out.write(`${visibleJson(value)}\n`);
    },
    paint: (style, text) => (color ? colors.mark(style, text) : text),
  };
}

/**
 * Creates color marks, which are replaced when a line is written, after everything else in the line has been escaped.
 * Marks contain a random id, so that external text cannot forge them.
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
      // Every second part is the index of a color code.
      const parts = text.split(new RegExp(`<${id}:(\\d+)>`));
      return parts
        .map((part, index) => (index % 2 === 0 ? visible(part) : (codes[Number(part)] ?? '')))
        .join('');
    },
  };
}

/** NO_COLOR (no-color.org) and FORCE_COLOR take precedence over the type of the stream. */
function wantsColor(out: PrinterOptions['out'], env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0') return true;
  return out.isTTY === true && env.TERM !== 'dumb';
}

/** Aligns rows in columns that are as wide as their longest cell, except the last column. */
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

/** Returns a number of things, in the singular or in the plural: `1 call`, `2 calls`. */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}
