import { broken, type ClientCase, doesNotApply, kept } from '../../client-case.ts';
import { groupedBy, leastOf } from '../../once-per.ts';
import { extensionsIn, parentOf } from '../../parents.ts';
import { pollsIn, pollsOf } from '../../questions.ts';

export const pollsExtensionNotParent: ClientCase = {
  id: 'CLI-EXT-02',
  group: 'Extensions',
  title: 'After an extension the client polls its task, not the parent',
  level: 'should',
  requirement:
    'The record of an extension also names its parent; the client keeps using the id of the extension.',
  why: 'The parent ended long ago, so the old video is mistaken for the new one.',
  remedy: 'Use the id from the answer to the extension, and no other id of its record.',
  basis: ['parent'],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const expected = 'after an extension the client polls its task, not the parent';
    const extensions = extensionsIn(evidence).filter(({ entry }) => entry.taskId !== null);
    const polled = pollsIn(evidence).some(
      ({ seq }) => seq > (extensions[0]?.seq ?? Number.POSITIVE_INFINITY),
    );
    if (extensions.length === 0 || !polled)
      return doesNotApply(expected, 'No extension was followed by polls.');
    const parents = groupedBy(extensions, (call) => parentOf(evidence, call)?.id ?? null);
    const astray = [...parents].flatMap(([id, calls]) => {
      const extendedSeq = leastOf(calls.map(({ seq }) => seq));
      return pollsOf(evidence, id).filter(({ seq }) => seq > extendedSeq);
    });
    return astray.length === 0
      ? kept(expected, `${extensions.length} extensions`)
      : broken(expected, 'the parent was polled after it had been extended', astray);
  },
};
