import type { Subject } from './subject.ts';

/** The states that an event announces before its task has ended, in the order of the pack. */
export function progressStates({ pack, event }: Pick<Subject, 'pack' | 'event'>): string[] {
  const ends = new Set(
    pack.operations.flatMap((operation) => {
      if (operation.type !== 'submit' || operation.event?.name !== event.name) return [];
      const { success, failure, failures, abandoned, canceled } = operation.kind.ends;
      return [success, failure, abandoned, canceled, ...Object.values(failures)];
    }),
  );
  return [...event.signals].flatMap(([state, signals]) =>
    signals.length > 0 && !ends.has(state) ? [state] : [],
  );
}

/** Why there is nothing to ask about progress; null when there is. */
export function withoutProgress(subject: Pick<Subject, 'pack' | 'event'>): string | null {
  return progressStates(subject).length > 0
    ? null
    : 'this event announces the end of a task and nothing before it';
}
