import { CodedError } from '../core/coded-error.ts';

/** A mistake in a pack, with its place. */
export interface PackProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** Error for an invalid pack, with every mistake and its place. */
export class PackError extends CodedError {
  readonly problems: readonly PackProblem[];

  constructor(problems: readonly PackProblem[]) {
    const lines = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    super('PACK_INVALID', lines.join('\n'), 'Fix the lines listed above.');
    this.problems = problems;
  }
}
