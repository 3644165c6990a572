import { loadPacks, type Pack } from '../mock-server/index.ts';
import { judgeAnswer, judgeCallback, type PayloadVerdict } from './payload/judge-payload.ts';

interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

let builtIn: readonly Pack[] | undefined;

function packs(): readonly Pack[] {
  builtIn ??= loadPacks();
  return builtIn;
}

/** Matchers for `expect.extend` of vitest and Jest. A message can be JSON text or a value. */
export const matchers = {
  /** Passes for a valid callback of the event, such as `runway.generate`. */
  toMatchCallback(received: unknown, event: string): MatcherResult {
    return resultOf(judgeCallback(packs(), event, messageOf(received)), `a callback of ${event}`);
  },
  /** Passes for a valid answer of the operation, by its operationId. */
  toMatchAnswer(received: unknown, pack: string, operation: string, status?: number): MatcherResult {
    return resultOf(
      judgeAnswer(packs(), pack, operation, messageOf(received), status),
      `an answer of ${pack} to ${operation}`,
    );
  },
};

function messageOf(received: unknown): unknown {
  return typeof received === 'string' ? JSON.parse(received) : received;
}

function resultOf({ problems, pages }: PayloadVerdict, what: string): MatcherResult {
  const pass = problems.length === 0;
  const lines = problems.map(({ message }) => `  ${message}`);
  return {
    pass,
    message: () =>
      pass
        ? `expected the value not to be ${what}`
        : [`expected ${what} (see ${pages.join('; ')}):`, ...lines].join('\n'),
  };
}
