import type { ChildProcess } from 'node:child_process';

/** Has a foreign process end at the latest when this one does: it would not notice by itself. */
export function endWithUs(child: ChildProcess): void {
  const end = (): void => {
    child.kill('SIGKILL');
  };
  process.once('exit', end);
  child.once('close', () => process.off('exit', end));
}
