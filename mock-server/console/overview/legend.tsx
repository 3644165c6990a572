const SHAPES: readonly { readonly path: string; readonly fills?: boolean; readonly text: string }[] = [
  { path: 'M7 7m-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0', fills: true, text: 'acknowledged' },
  { path: 'M2 2L12 12M12 2L2 12', text: 'rejected' },
  { path: 'M2 2H12V12H2ZM2 2L12 12M12 2L2 12', text: 'timed out' },
  { path: 'M7 1L13 12H1Z', text: 'refused, reset or blocked' },
  { path: 'M5 1V13M9 1V13', text: 'abandoned' },
  { path: 'M0 10L5 5M4 12L11 5M10 12L14 8M0 3H14M0 13H14', text: 'in flight' },
  { path: 'M3 5H11M3 9H11', text: 'duplicate' },
  { path: 'M2 5L7 10L12 5', text: 'media download' },
];

/** Explains the marks on the lanes. */
export function Legend() {
  return (
    <ul class="legend" aria-label="Marks">
      {SHAPES.map(({ path, fills, text }) => (
        <li key={text}>
          <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
            <path
              d={path}
              fill={fills === true ? 'currentColor' : 'none'}
              stroke="currentColor"
              stroke-width="1.6"
            />
          </svg>
          {text}
        </li>
      ))}
      <li>
        <svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">
          <circle
            cx="7"
            cy="7"
            r="5"
            fill="none"
            stroke="currentColor"
            stroke-width="1.6"
            stroke-dasharray="2.5 2"
          />
        </svg>
        planned
      </li>
    </ul>
  );
}
