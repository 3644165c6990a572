import type { ComponentChildren } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { type JsonLine, type JsonPart, jsonLines, visibleParts } from '../../pages/json-lines.ts';

/** A message: JSON with colors that can be folded, or other text unchanged. Hidden characters are shown. */
export function JsonView({ text }: { readonly text: string }) {
  const lines = useMemo(() => jsonLines(text), [text]);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  if (text === '') return <pre>(empty)</pre>;
  if (lines === null) return <pre>{visibleParts(text, 'sign').map(showPart)}</pre>;
  const toggle = (index: number): void => {
    const next = new Set(folded);
    if (!next.delete(index)) next.add(index);
    setFolded(next);
  };
  return (
    <pre class="json">
      {shownLines(lines, folded).map(([line, index]) => (
        <Line key={index} line={line} isFolded={folded.has(index)} toggle={() => toggle(index)} />
      ))}
    </pre>
  );
}

/** Returns the lines outside folded objects, with their numbers. */
function shownLines(
  lines: readonly JsonLine[],
  folded: ReadonlySet<number>,
): readonly (readonly [JsonLine, number])[] {
  const shown: (readonly [JsonLine, number])[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index];
    if (line === undefined) break;
    shown.push([line, index]);
    if (folded.has(index)) index += line.holds;
  }
  return shown;
}

interface LineProps {
  readonly line: JsonLine;
  readonly isFolded: boolean;
  readonly toggle: () => void;
}

function Line({ line: { indent, parts, holds }, isFolded, toggle }: LineProps): ComponentChildren {
  return (
    <span class="json-line">
      {holds > 0 ? (
        <button
          type="button"
          class="fold"
          aria-expanded={!isFolded}
          aria-label={isFolded ? 'Unfold' : 'Fold'}
          onClick={toggle}
        >
          {isFolded ? '▸' : '▾'}
        </button>
      ) : (
        <span class="fold" />
      )}
      {'  '.repeat(indent)}
      {parts.map(showPart)}
      {isFolded && <small> … {holds} lines</small>}
      {'\n'}
    </span>
  );
}

function showPart({ role, text }: JsonPart, index: number): ComponentChildren {
  if (role === 'link') {
    return (
      <a key={index} href={text} target="_blank" rel="noreferrer">
        {text}
      </a>
    );
  }
  return (
    <span key={index} class={`json-${role}`}>
      {text}
    </span>
  );
}
