import { visible } from '../mock-server/pages/visible.ts';
import { EXIT } from './exit-codes.ts';
import { explainError } from './explain-error.ts';
import { firstSteps } from './first-steps.ts';
import { buildProgram, type ProgramOptions } from './program.ts';
import { programName } from './program-name.ts';

/** Runs a command line and prints errors. @returns the exit code */
export async function runProgram(
  argv: readonly string[],
  streams: Pick<ProgramOptions, 'env' | 'stdout' | 'stderr'>,
): Promise<number> {
  let code: number = EXIT.ok;
  const { env, stdout, stderr } = streams;
  const end = (own: number): void => {
    code = own;
  };
  if (argv.length <= 2) {
    stdout.write(firstSteps(programName({ argv, env, cwd: process.cwd() })));
    return EXIT.ok;
  }
  try {
    await buildProgram({ env, stdout, stderr, end }).parseAsync(argv);
    return code;
  } catch (error) {
    const explained = explainError(error);
    if (explained.text !== '') stderr.write(`${visible(explained.text)}\n`);
    return explained.code;
  }
}
