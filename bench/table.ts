import { judge, type Quantity, type Row, type Target } from './row.ts';

const HEAD = ['measure', 'metric', 'ours', 'peer', 'theirs', 'figure', 'range', 'target', ''] as const;
const RIGHT_ALIGNED = new Set([2, 4, 5]);

const SIGNS: Readonly<Record<Target['type'], string>> = { atLeast: '>=', atMost: '<=', below: '<' };

/** Formats the result as human-readable text, one line per row. */
export function formatRows(rows: readonly Row[]): string[] {
  return align([HEAD, ...rows.map(cellsOf)]);
}

function cellsOf(row: Row): readonly string[] {
  const { figure, target, peer } = row;
  const shown = (value: number): string => formatFigure({ value, unit: figure.unit });
  return [
    row.measure,
    row.what,
    formatFigure(row.ours),
    peer?.name ?? '',
    peer === null ? '' : formatFigure(peer),
    shown(figure.median),
    figure.lowest === figure.highest ? '' : `${shown(figure.lowest)} to ${shown(figure.highest)}`,
    target === null ? '' : `${SIGNS[target.type]} ${shown(target.value)}`,
    judge(row) ?? '',
  ];
}

/** Shows three significant digits, or all digits of the whole part when there are more. */
export function formatFigure({ value, unit }: Quantity | { value: number; unit: 'x' }): string {
  const decimals = value >= 100 || Number.isInteger(value) ? 0 : value >= 10 ? 1 : 2;
  const digits = value.toLocaleString('en-US', {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  });
  return unit === 'x' || unit === '/s' ? digits + unit : `${digits} ${unit}`;
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => pad(cell, column, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function pad(cell: string, column: number, width: number): string {
  return RIGHT_ALIGNED.has(column) ? cell.padStart(width) : cell.padEnd(width);
}
