import { AsyncLocalStorage } from 'node:async_hooks';

/** What an app in this process throws and nobody catches, by the case during which the request arrived. */
export interface ErrorWatch {
  /** Attributes what requests cause from now on to this case. */
  begin(caseId: string): void;
  /** Runs the handling of a request: whatever it causes, however late, belongs to the current case. */
  around(handle: () => void): void;
  /** An error that did not end as an uncaught one, but as an answer with status 500. */
  note(error: unknown): void;
  /** Everything that belongs to this case so far. What comes after this call is late. */
  take(caseId: string): readonly string[];
  /** What came after the report of its case was made. */
  late(): readonly string[];
  /** Gives the process its own handlers back. */
  close(): void;
}

type Event = 'uncaughtException' | 'unhandledRejection';

const WORDS: Readonly<Record<Event, string>> = {
  uncaughtException: 'uncaught exception',
  unhandledRejection: 'unhandled rejection',
};

/**
 * Takes the place of the handlers of the test runner, which would fail the run with errors that belong to no test: here
 * each becomes evidence of a case.
 */
export function watchErrors(): ErrorWatch {
  const context = new AsyncLocalStorage<string>();
  const byCase = new Map<string, string[]>();
  const taken = new Set<string>();
  const late: string[] = [];
  let current = 'first contact';

  const add = (caseId: string, text: string): void => {
    if (taken.has(caseId)) late.push(`${caseId}: ${text}`);
    else byCase.set(caseId, [...(byCase.get(caseId) ?? []), text]);
  };
  const restore = (Object.keys(WORDS) as Event[]).map((event) =>
    replaceListeners(event, (error) => {
      add(context.getStore() ?? current, `${WORDS[event]}: ${sayError(error)}`);
    }),
  );

  return {
    begin(caseId) {
      current = caseId;
    },
    around: (handle) => context.run(current, handle),
    note: (error) => add(context.getStore() ?? current, `answered with HTTP 500: ${sayError(error)}`),
    take(caseId) {
      taken.add(caseId);
      return byCase.get(caseId) ?? [];
    },
    late: () => late,
    close() {
      for (const step of restore) step();
    },
  };
}

function replaceListeners(event: Event, own: (error: unknown) => void): () => void {
  const process_ = process as NodeJS.EventEmitter;
  const others = process_.rawListeners(event) as ((...values: unknown[]) => void)[];
  process_.removeAllListeners(event);
  process_.on(event, own);
  return () => {
    process_.off(event, own);
    for (const other of others) process_.on(event, other);
  };
}

/** Message and the first line of the stack, which says where it was thrown. */
function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place.trim()})`}`;
}
