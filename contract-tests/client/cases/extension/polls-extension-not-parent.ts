import { groupedBy, leastOf } from '../../cached.ts';
import { type ClientCase, failed, notApplicable, passed } from '../../client-case.ts';
import { pollsIn, pollsOf } from '../../evidence-queries.ts';
import { extensionsIn, parentOf } from '../../parents.ts';
import { count, times } from '../../wording.ts';

export const pollsExtensionNotParent: ClientCase = {
  id: 'CLI-EXT-02',
  group: 'Extensions',
  title: 'After an extension, the client polls the new task, not the parent',
  level: 'should',
  requirement:
    'After an extension, the client SHOULD poll with the id from its response, not with the id of the parent.',
  why: 'The parent has already finished, so the client mistakes the old video for the new one.',
  remedy: 'Use the id from the response to the extension. Its details also contain the id of the parent.',
  basis: ['parent', { derived: 'An extension is a new task with its own id.' }],
  stimuli: ['plain', 'silent'],
  judge(evidence) {
    const extensions = extensionsIn(evidence).filter(({ entry }) => entry.taskId !== null);
    const polled = pollsIn(evidence).some(
      ({ seq }) => seq > (extensions[0]?.seq ?? Number.POSITIVE_INFINITY),
    );
    if (extensions.length === 0 || !polled)
      return notApplicable('The client did not poll after an extension.');
    const parents = groupedBy(extensions, (call) => parentOf(evidence, call)?.id ?? null);
    const parentPolls = [...parents].flatMap(([id, calls]) => {
      const extendedSeq = leastOf(calls.map(({ seq }) => seq));
      return pollsOf(evidence, id).filter(({ seq }) => seq > extendedSeq);
    });
    return parentPolls.length === 0
      ? passed(`the client did not poll the parent after ${count(extensions, 'extension')}`)
      : failed(`the parent was polled ${times(parentPolls.length)} after it was extended`, parentPolls);
  },
};
