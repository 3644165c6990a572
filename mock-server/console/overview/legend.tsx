import type { MarkKind } from '../model/lanes.ts';

const SHAPES: Readonly<
  Record<MarkKind, { readonly path: string; readonly fills: boolean; readonly text: string }>
> = {
  acknowledged: {
    path: 'M7 7m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0',
    fills: true,
    text: 'acknowledged',
  },
  rejected: { path: 'M2 2L12 12M12 2L2 12', fills: false, text: 'rejected' },
  timeout: { path: 'M2 2H12V12H2Z', fills: false, text: 'timed out' },
  failed: { path: 'M7 1L13 12H1Z', fills: false, text: 'refused, reset or blocked' },
  abandoned: { path: 'M5 1V13M9 1V13', fills: false, text: 'abandoned' },
  download: { path: 'M2 5L7 10L12 5', fills: false, text: 'media download' },
};

/** Explains the marks on the lanes. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Marks">
      {Object.entries(SHAPES).map(([kind, { path, fills, text }]) => (
        <li key={kind}>
          <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
            <path d={path} fill={fills ? 'currentColor' : 'none'} stroke="currentColor" stroke-width="1.8" />
          </svg>
          {text}
        </li>
      ))}
      <li>
        <span class="now-sample" aria-hidden="true" />
        now
      </li>
    </ul>
  );
}
