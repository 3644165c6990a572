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

/** For `expect.extend` of vitest and of Jest. Messages may be JSON texts or values. */
export const matchers = {
  /** Whether a message is a callback of this event, like `runway.generate`. */
  toMatchCallback(received: unknown, event: string): MatcherResult {
    return resultOf(judgeCallback(packs(), event, messageOf(received)), `a callback of ${event}`);
  },
  /** Whether a message is an answer of this operation, by its operationId. */
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
        ? `expected it not to be ${what}, and it is`
        : [`expected ${what} (${pages.join('; ')}):`, ...lines].join('\n'),
  };
}
