import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { extensionsIn, parentOf } from '../../parents.ts';
import { succeeds } from '../../questions.ts';

export const extendsWhatSucceeded: ClientCase = {
  id: 'CLI-EXT-01',
  group: 'Extensions',
  title: 'An extension names a task that succeeded and has not expired',
  level: 'should',
  requirement: 'The parent of an extension has succeeded, and its video has not expired.',
  why: 'Any other parent is refused, or the extension fails after minutes.',
  remedy: 'Wait until the parent has succeeded, and check its expiry flag.',
  basis: ['parent'],
  stimuli: ['plain'],
  judge(evidence) {
    const expected = 'an extension names a task that succeeded and has not expired';
    const extensions = extensionsIn(evidence);
    if (extensions.length === 0) return doesNotApply(expected, 'Nothing was extended.');
    const wrong = extensions.filter((call) => {
      const parent = parentOf(evidence, call);
      return (
        parent === null ||
        !succeeds(parent) ||
        parent.endedAtMs === null ||
        parent.endedAtMs > call.atMs ||
        (parent.expiredSeq ?? call.seq) < call.seq
      );
    });
    return wrong.length === 0
      ? kept(expected, `${extensions.length} extensions`)
      : broken(expected, 'the parent was unknown, unfinished, failed or expired', wrong);
  },
};
