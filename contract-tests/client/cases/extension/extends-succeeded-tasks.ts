import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { succeeds } from '../../evidence-queries.ts';
import { extensionsIn, parentOf } from '../../parents.ts';
import { count } from '../../wording.ts';

export const extendsSucceededTasks: ClientCase = {
  id: 'CLI-EXT-01',
  group: 'Extensions',
  title: 'Only a succeeded, unexpired task is extended',
  level: 'should',
  requirement: 'The client SHOULD extend only a task that has succeeded and whose video has not expired.',
  why: 'The vendor rejects any other parent, or the extension fails after minutes.',
  remedy: 'Wait until the parent has succeeded, and check that its media has not expired.',
  basis: ['parent', { derived: 'Only an existing video can be extended.' }],
  stimuli: ['plain'],
  judge(evidence) {
    const extensions = extensionsIn(evidence);
    if (extensions.length === 0) return notApplicable('The client did not extend a task.');
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
      ? passed(`${count(extensions, 'extension')} had a valid parent`)
      : failed(
          `${count(wrong, 'extension')} had a parent that was unknown, unfinished, failed or expired`,
          wrong,
        );
  },
};
