import { loadInSteps } from '../mock-server/load-in-steps.ts';

/** The program is loaded here and not imported, so that a system that cannot open the files gets a sentence instead of a stack. */
async function main(): Promise<void> {
  // Whoever read the output may leave early ("| head"); that is no reason to fail, nor to stop serving.
  process.stdout.on('error', () => undefined);
  try {
    await loadInSteps();
    const { runProgram } = await import('./run-program.ts');
    process.exitCode = await runProgram(process.argv, process);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') throw error;
    process.stderr.write(`error[SYSTEM_FAILED]: ${message}\n  Allow more open files: ulimit -n 1024\n`);
    process.exitCode = 3;
  }
}

await main();
