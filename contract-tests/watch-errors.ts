import { AsyncLocalStorage } from 'node:async_hooks';

/** Uncaught errors of an app in this process, by the case during which the request arrived. */
export interface ErrorWatch {
  /** Attributes what requests cause from now on to this case. */
  begin(caseId: string): void;
  /** Runs the handling of a request: whatever it causes, however late, belongs to the current case. */
  around(handle: () => void): void;
  /** An error that did not end as an uncaught one, but as an answer with status 500. */
  note(error: unknown): void;
  /** Everything that belongs to this case so far. */
  of(caseId: string): readonly string[];
  /** The report of this case has been made: what comes now is late. */
  end(caseId: string): void;
  /** What is in no report: errors that came late, and those of the first contact. */
  unreported(): readonly string[];
  /** From now on errors reach the test runner, except those of requests that were watched. */
  close(): void;
}

type Event = 'uncaughtException' | 'unhandledRejection';

/** Before any case. */
const FIRST_CONTACT = 'first contact';

const WORDS: Readonly<Record<Event, string>> = {
  uncaughtException: 'uncaught exception',
  unhandledRejection: 'unhandled rejection',
};

/**
 * Sees errors before the test runner does, which would fail the run with errors that belong to no test: here each
 * becomes evidence of a case.
 */
export function watchErrors(): ErrorWatch {
  const context = new AsyncLocalStorage<string>();
  const byCase = new Map<string, string[]>();
  const ended = new Set<string>();
  const late: string[] = [];
  let current = FIRST_CONTACT;
  let isOpen = true;

  const add = (caseId: string, text: string): void => {
    if (ended.has(caseId)) late.push(`${caseId}: ${text}`);
    else byCase.set(caseId, [...(byCase.get(caseId) ?? []), text]);
  };
  intercept((event, error) => {
    const caseId = context.getStore();
    // An app may continue after its last case, and fail because the media host is gone: that is not its error.
    if (!isOpen) return caseId !== undefined;
    add(caseId ?? current, `${WORDS[event]}: ${sayError(error)}`);
    return true;
  });

  return {
    begin(caseId) {
      current = caseId;
    },
    around: (handle) => context.run(current, handle),
    note: (error) => add(context.getStore() ?? current, `answered with HTTP 500: ${sayError(error)}`),
    of: (caseId) => byCase.get(caseId) ?? [],
    end: (caseId) => void ended.add(caseId),
    unreported: () => [
      ...(byCase.get(FIRST_CONTACT) ?? []).map((text) => `${FIRST_CONTACT}: ${text}`),
      ...late,
    ],
    close() {
      isOpen = false;
    },
  };
}

/**
 * Asks about every such error before any listener of the process is called; those that are ours reach none. Listeners
 * are not replaced: the test runner removes its own when it likes.
 */
function intercept(isOurs: (event: Event, error: unknown) => boolean): void {
  const emit = process.emit as (...values: unknown[]) => boolean;
  process.emit = ((...values: unknown[]): boolean => {
    const [name, error] = values;
    const isError = name === 'uncaughtException' || name === 'unhandledRejection';
    return (isError && isOurs(name, error)) || emit.apply(process, values);
  }) as typeof process.emit;
}

/** Message and the first line of the stack, which says where it was thrown. */
function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place.trim()})`}`;
}
