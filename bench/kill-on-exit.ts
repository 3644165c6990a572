import type { ChildProcess } from 'node:child_process';

/** Ends a foreign process when this one ends, because it would keep running otherwise. */
export function endWithUs(child: ChildProcess): void {
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
}
