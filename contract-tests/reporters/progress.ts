import type { CaseReport } from '../report.ts';
import { STATUS_WORDS, SYMBOLS, sayDuration } from './wording.ts';

export interface ProgressOptions {
  readonly stream: { write(text: string): unknown; readonly columns?: number };
  readonly isTTY: boolean;
  /** How many cases there will be; null when nobody knows yet. */
  readonly total: number | null;
}

export interface Progress {
  started(id: string): void;
  finished(one: CaseReport): void;
  /** Takes the rewritten line away. */
  end(): void;
}

/** Back to the first column, and away with what stands there. */
const CLEAR_LINE = '\r\u001b[2K';

/** How far a run is: one line that is rewritten on a terminal, one line for each finished case elsewhere. */
export function createProgress({ stream, isTTY, total }: ProgressOptions): Progress {
  const running = new Set<string>();
  let done = 0;
  let failed = 0;

  const position = (): string => {
    const most = total === null ? '' : `/${total}`;
    return `${String(done).padStart(String(total ?? '').length)}${most}`;
  };

  function rewrite(): void {
    const trouble = failed > 0 ? `  ${SYMBOLS.failed} ${failed}` : '';
    const line = `${position()}${trouble}  ${[...running].join(' ')}`;
    // A line that wraps cannot be taken back.
    stream.write(`${CLEAR_LINE}${line.slice(0, (stream.columns ?? 80) - 1)}`);
  }

  return {
    started(id) {
      running.add(id);
      if (isTTY) rewrite();
    },
    finished({ id, status, durationMs }) {
      running.delete(id);
      done += 1;
      if (status === 'failed') failed += 1;
      if (isTTY) return rewrite();
      const line = `${position()}  ${SYMBOLS[status]} ${id} ${STATUS_WORDS[status]}, ${sayDuration(durationMs)}`;
      stream.write(`${line}\n`);
    },
    end() {
      if (isTTY) stream.write(CLEAR_LINE);
    },
  };
}
