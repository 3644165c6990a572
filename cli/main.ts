import { loadInSteps } from '../mock-server/load-in-steps.ts';

/** Loads and runs the program. The program is not imported statically, so that an error about open files can be reported without a stack. */
async function main(): Promise<void> {
  // The reader of the output may close the pipe early ("| head"). The command must neither fail nor stop serving.
  process.stdout.on('error', () => undefined);
  try {
    await loadInSteps();
    const { runProgram } = await import('./run-program.ts');
    process.exitCode = await runProgram(process.argv, process);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
    process.stderr.write(
      `error[SYSTEM_FAILED]: ${message}\n  Raise the limit of open files, for example with: ulimit -n 1024\n`,
    );
    process.exitCode = 3;
  }
}

await main();
