import type { Subject } from './subject.ts';

/** Returns why a case that needs tasks of the system under test does not apply; null if it does. */
export function whyNotSubmitted({ canSubmit, nameOption }: Subject): string | null {
  return canSubmit
    ? null
    : `requires ${nameOption('submit')}, a URL or command that makes your system create a task at the mock (${nameOption('apiPort')})`;
}
