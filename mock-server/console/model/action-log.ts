import type { Equivalents } from './equivalents.ts';

/** Why an action failed. */
export interface ActionProblem {
  /** Whether the mock answered; otherwise the problem is solved as soon as it answers again. */
  readonly kind: 'refused' | 'unreachable';
  readonly message: string;
  /** What to do; empty if unknown. */
  readonly remedy: string;
}

/** An action of the page, as a shell command and as a line of a test. */
export interface PerformedAction extends Equivalents {
  /** Number of the action in this page, the first one is 1. */
  readonly n: number;
  /** Time of this machine. */
  readonly at: number;
  /** Such as `Scene: Timeout`; empty when the line of a test describes it. */
  readonly title: string;
  /** The task that it changed; null for others. */
  readonly taskId: string | null;
  readonly problem: ActionProblem | null;
}

/** The last actions of the page, the latest first. */
export type ActionLog = readonly PerformedAction[];

export const ACTIONS_KEPT = 20;

/** Adds an action, and removes the oldest one when there are too many. */
export function withAction(log: ActionLog, action: Omit<PerformedAction, 'n'>): ActionLog {
  return [{ ...action, n: (log[0]?.n ?? 0) + 1 }, ...log].slice(0, ACTIONS_KEPT);
}

/** Returns the last action that belongs to a task, or without a task the last one of the page. */
export function lastOf(log: ActionLog, taskId: string | null): PerformedAction | null {
  return log.find((action) => taskId === null || action.taskId === taskId) ?? null;
}

/** Removes the actions that did not reach the mock, once it answers again. */
export function withoutUnreachable(log: ActionLog): ActionLog {
  return log.some(({ problem }) => problem?.kind === 'unreachable')
    ? log.filter(({ problem }) => problem?.kind !== 'unreachable')
    : log;
}

/** Returns why a call failed. Errors of the mock have a remedy. */
export function problemOf(error: unknown, origin: string): ActionProblem {
  if (error instanceof TypeError) {
    return {
      kind: 'unreachable',
      message: `The mock at ${origin} does not answer.`,
      remedy: 'Check that it is still running.',
    };
  }
  const { message, remedy = '' } = error as { readonly message: string; readonly remedy?: string };
  return { kind: 'refused', message, remedy };
}

/** Returns the source of a test that performs the actions again, in their order. */
export function testOf(log: ActionLog): string {
  const done = log.filter(({ problem }) => problem === null).toReversed();
  const submitted = done.filter(isSubmission).map(({ taskId }) => taskId);
  return [
    "import { createMockServer } from 'stuntdouble';",
    '',
    "const mock = await createMockServer({ clock: 'virtual' }).listen();",
    'try {',
    ...done.map((action) => `  ${lineOf(action, submitted)}`),
    '} finally {',
    '  await mock.close();',
    '}',
    '',
  ].join('\n');
}

function isSubmission({ library }: PerformedAction): boolean {
  return library.startsWith('await fetch(');
}

/** Tasks have other ids when the test runs, so that a line names a task by its place among the submissions. */
function lineOf(action: PerformedAction, submitted: readonly (string | null)[]): string {
  const { library, taskId } = action;
  if (taskId === null || isSubmission(action)) return library;
  const place = submitted.indexOf(taskId);
  if (place < 0) return `// Its task was not submitted on this page: ${library}`;
  return library.replace(`'${taskId}'`, `mock.tasks.all().at(${place})?.id ?? ''`);
}
