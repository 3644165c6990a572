import { AsyncLocalStorage } from 'node:async_hooks';

/** Uncaught errors of an app in this process, by the case during which the request arrived. */
export interface ErrorWatch {
  /** Attributes the effects of all following requests to this case. */
  begin(caseId: string): void;
  /** Handles a request; all its effects, including late ones, belong to the current case. */
  around(handle: () => void): void;
  /** Records an error that became an answer with status 500 instead of an uncaught error. */
  note(error: unknown): void;
  /** Returns everything recorded for this case so far. */
  of(caseId: string): readonly string[];
  /** Marks the case as reported; its subsequent errors are late. */
  end(caseId: string): void;
  /** Returns errors that are in no report: late errors and those of the first contact. */
  unreported(): readonly string[];
  /** Passes all further errors to the test runner, except those of watched requests. */
  close(): void;
}

type Event = 'uncaughtException' | 'unhandledRejection';

/** Name of the phase before any case. */
const FIRST_CONTACT = 'first contact';

const WORDS: Readonly<Record<Event, string>> = {
  uncaughtException: 'uncaught exception',
  unhandledRejection: 'unhandled rejection',
};

/**
 * Catches errors before the test runner, which would fail the run with errors that do not belong to any test. Each
 * error becomes evidence of a case instead.
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
    // An app may continue after its last case and fail because the media host is gone, which is not its error.
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
 * Filters such errors before any listener of the process is called; listeners see only the errors of others.
 * Listeners are not replaced, because the test runner may remove its own at any time.
 */
function intercept(isOurs: (event: Event, error: unknown) => boolean): void {
  const emit = process.emit as (...values: unknown[]) => boolean;
  process.emit = ((...values: unknown[]): boolean => {
    const [name, error] = values;
    const isError = name === 'uncaughtException' || name === 'unhandledRejection';
    return (isError && isOurs(name, error)) || emit.apply(process, values);
  }) as typeof process.emit;
}

/** Returns the message and the first line of the stack, which shows where the error was thrown. */
function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const place = error.stack?.split('\n').find((line) => /^\s+at /.test(line));
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place.trim()})`}`;
}
