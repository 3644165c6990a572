import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Where a command writes: text for people, or one JSON object a line for programs. */
export interface Printer {
  readonly json: boolean;
  /** For people; nothing under --json. */
  line(text?: string): void;
  /** For programs; nothing without --json. */
  object(value: object): void;
  /** Whether there is colour. */
  readonly colour: boolean;
  /** Colour, when the terminal has it and NO_COLOR does not forbid it. */
  paint(style: Style, text: string): string;
}

export interface PrinterOptions {
  readonly json: boolean;
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: NodeJS.ProcessEnv;
}

export function createPrinter({ json, out, env }: PrinterOptions): Printer {
  const colour = wantsColour(out, env);
  return {
    json,
    colour,
    line: (text = '') => {
      if (!json) out.write(`${text}\n`);
    },
    object: (value) => {
      if (json) out.write(`${JSON.stringify(value)}\n`);
    },
    paint: (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text),
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
