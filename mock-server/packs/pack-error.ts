import { CodedError } from '../core/coded-error.ts';

/** One thing wrong with a pack. */
export interface PackProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A pack that cannot be used, with file, line and what was expected for everything found. */
export class PackError extends CodedError {
  readonly problems: readonly PackProblem[];

  constructor(problems: readonly PackProblem[]) {
    const lines = problems.map(({ file, line, message }) => `${file}:${line}: ${message}`);
    super('PACK_INVALID', lines.join('\n'), 'Fix the lines named above.');
    this.problems = problems;
  }
}
