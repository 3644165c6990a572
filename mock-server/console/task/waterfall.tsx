import { useState } from 'preact/hooks';
import { sayOffset } from '../../pages/say-time.ts';
import type { StoryRequest } from '../../pages/story.ts';
import { requestRow, type WaterfallRow } from '../../pages/waterfall.ts';

interface WaterfallProps {
  readonly rows: readonly WaterfallRow[];
  /** The time that offsets count from. */
  readonly startAt: number;
  readonly receiver: string;
  readonly selected: string;
  /** The entries with violations of the vendor's document. */
  readonly violations: ReadonlySet<number>;
  readonly select: (row: WaterfallRow) => void;
}

/** The messages between client, mock and receiver, in the order of time. */
export function Waterfall({ rows, receiver, ...rest }: WaterfallProps) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const toggle = (key: string): void => {
    const next = new Set(unfolded);
    if (!next.delete(key)) next.add(key);
    setUnfolded(next);
  };
  return (
    <div class="waterfall">
      <div class="parties" aria-hidden="true">
        <span>client</span>
        <span>mock</span>
        <span title={receiver}>{receiver}</span>
      </div>
      <ol aria-label="Messages">
        {rows.flatMap((row) => [
          <Row
            key={row.key}
            row={row}
            {...rest}
            isUnfolded={unfolded.has(row.key)}
            toggle={() => toggle(row.key)}
          />,
          ...(unfolded.has(row.key)
            ? row.requests.map((request) => <Row key={request.seq} row={unfoldedRow(request)} {...rest} />)
            : []),
        ])}
      </ol>
    </div>
  );
}

function unfoldedRow(request: StoryRequest): WaterfallRow {
  return { ...requestRow(request), isNested: true };
}

interface RowProps extends Omit<WaterfallProps, 'rows' | 'receiver'> {
  readonly row: WaterfallRow;
  readonly isUnfolded?: boolean;
  readonly toggle?: () => void;
}

function Row({ row, startAt, selected, violations, select, isUnfolded = false, toggle }: RowProps) {
  const { key, kind, at, side, direction, tone, isNested } = row;
  const own = [kind, tone, `at-${side}`, `to-${direction}`, ...(isNested ? ['nested'] : [])].join(' ');
  const seqs = [
    ...row.requests.map(({ seq }) => seq),
    ...(row.attempt === null ? [] : [row.attempt.start.seq]),
  ];
  const content = (
    <>
      <span class="time">{kind === 'pause' ? '' : sayOffset(Math.max(0, at - startAt))}</span>
      <RowText row={row} isBad={seqs.some((seq) => violations.has(seq))} isUnfolded={isUnfolded} />
    </>
  );
  if (kind === 'pause' || kind === 'planned') {
    return (
      <li class={own}>
        <div class="line">{content}</div>
      </li>
    );
  }
  return (
    <li class={own}>
      <button
        type="button"
        class="line"
        {...(kind === 'polls' ? { 'aria-expanded': isUnfolded } : { 'aria-pressed': selected === key })}
        onClick={() => (kind === 'polls' && toggle !== undefined ? toggle() : select(row))}
      >
        {content}
      </button>
    </li>
  );
}

const MARKS = { plain: '', good: '✓ ', bad: '✗ ', open: '◔ ', planned: '○ ' } as const;

function RowText({
  row: { kind, label, result, tone, note, share, direction },
  isBad,
  isUnfolded,
}: {
  readonly row: WaterfallRow;
  readonly isBad: boolean;
  readonly isUnfolded: boolean;
}) {
  return (
    <span class="message">
      <span class="words">
        <span class="label">
          {kind === 'polls' && (isUnfolded ? '▾ ' : '▸ ')}
          {label}
        </span>
        {result !== '' && (
          <span class="result">
            {MARKS[tone]}
            {result}
          </span>
        )}
        {note !== '' && <span class="note">{note}</span>}
        {isBad && <strong class="bad">✗ schema violation</strong>}
      </span>
      {share !== null && (
        // An SVG and not a style, because the page does not allow styles in markup.
        <svg class="length" width="100%" height="8" aria-hidden="true">
          <rect class="whole" width="100%" height="8" rx="2" />
          <rect class="part" width={`${share * 100}%`} height="8" rx="2" />
        </svg>
      )}
      {direction !== 'none' && <span class="arrow" aria-hidden="true" />}
    </span>
  );
}
