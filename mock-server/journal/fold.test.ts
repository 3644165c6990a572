import { describe, expect, it } from 'vitest';
import { createFolds, type Fold } from './fold.ts';
import type { PackedEntry } from './journal-entry.ts';

function recorder(name: string, counted: Fold['counted'] = []) {
  const seen: string[] = [];
  const loaded: unknown[] = [];
  const fold: Fold = {
    name,
    counted,
    apply: ({ type }) => void seen.push(type),
    save: () => [...seen],
    load: (part) => void loaded.push(part),
  };
  return { fold, seen, loaded };
}

const entry = (type: string): PackedEntry => ({ seq: 1, at: 1, wallAt: 1, type }) as unknown as PackedEntry;

describe('folds', () => {
  it('receive all entries that are not observations, and the observations that they count', () => {
    const folds = createFolds();
    const plain = recorder('plain');
    const counting = recorder('counting', ['media.served']);
    folds.add(plain.fold);
    folds.add(counting.fold);
    for (const type of ['task.expired', 'media.served', 'request.answered', 'clock.moved'])
      folds.apply(entry(type));
    expect(plain.seen).toEqual(['task.expired', 'clock.moved']);
    expect(counting.seen).toEqual(['task.expired', 'media.served', 'clock.moved']);
  });

  it('are captured together, when the call is made', () => {
    const folds = createFolds();
    const [one, two] = [recorder('one'), recorder('two')];
    folds.add(one.fold);
    folds.add(two.fold);
    folds.apply(entry('task.expired'));
    const saved = folds.save();
    expect(saved.next().value).toEqual(['one', 'task.expired']);
    folds.apply(entry('server.reset'));
    expect([...saved]).toEqual([['two', 'task.expired']]);
  });

  it('load the parts with their name, and no others', () => {
    const folds = createFolds();
    const one = recorder('one');
    folds.add(one.fold);
    folds.load(['one', 1]);
    folds.load(['unknown', 2]);
    expect(one.loaded).toEqual([1]);
  });

  it('have different names', () => {
    const folds = createFolds();
    folds.add(recorder('one').fold);
    expect(() => folds.add(recorder('one').fold)).toThrow(/duplicate fold "one"/);
  });
});
