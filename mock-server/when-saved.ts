import type { Journal } from './journal/journal.ts';

/** Makes a change and resolves with its result when the change is on disk, if there is a disk. */
export type WhenSaved = <T>(change: () => Promise<T>) => Promise<T>;

/** The change is not made when the folder cannot be written: the promise rejects with DATA_UNWRITABLE. */
export function createWhenSaved(journal: Pick<Journal, 'refusal' | 'durable'>): WhenSaved {
  return async (change) => {
    const refusal = journal.refusal();
    if (refusal !== null) throw refusal;
    const result = await change();
    await journal.durable();
    return result;
  };
}
