import type { JournalFile } from './journal/journal-file.ts';

/** Runs a step and closes the file if it fails, because a mock that was not created must not keep the folder locked. */
export function closingOnError(file: JournalFile | null, step: () => void): void {
  try {
    step();
  } catch (error) {
    void file?.close();
    throw error;
  }
}
