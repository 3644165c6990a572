import type { Subject } from './subject.ts';

/** Returns the states that an event reports before the end of its task, in the order of the pack. */
export function progressStates({ pack, event }: Pick<Subject, 'pack' | 'event'>): string[] {
  const ends = new Set(
    pack.operations.flatMap((operation) => {
      if (operation.type !== 'submit' || operation.event?.name !== event.name) return [];
      return operation.kinds.flatMap(({ ends: { success, failure, failures, abandoned, canceled } }) => [
        success,
        failure,
        abandoned,
        canceled,
        ...Object.values(failures),
      ]);
    }),
  );
  return [...event.signals].flatMap(([state, signals]) =>
    signals.length > 0 && !ends.has(state) ? [state] : [],
  );
}

/** Returns the reason why progress cases do not apply; null if they do. */
export function withoutProgress(subject: Pick<Subject, 'pack' | 'event'>): string | null {
  return progressStates(subject).length > 0 ? null : 'this event does not have progress callbacks';
}
