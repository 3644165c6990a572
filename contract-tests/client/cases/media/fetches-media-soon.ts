import { broken, type ClientCase, doesNotApply, type Finding, kept } from '../../client-case.ts';
import type { Evidence, TaskLife } from '../../evidence.ts';
import { type FileDownloads, filesOf } from '../../media-coverage.ts';
import { leastOf, mostOf } from '../../once-per.ts';
import { firstExtensionOf } from '../../parents.ts';
import { downloadsOf, knewEndAtMs, say, succeeds } from '../../questions.ts';
import { stillOpen } from '../../still-open.ts';

export const fetchesMediaSoon: ClientCase = {
  id: 'CLI-MED-01',
  group: 'Media',
  title: 'Media are downloaded soon after the success',
  level: 'should',
  requirement: 'After a success the client downloads the media soon, long before they expire.',
  why: 'Media URLs expire, at some vendors within an hour. What was not downloaded by then is lost.',
  remedy: 'Download to storage of your own when the task has succeeded, and pass on your own URL.',
  basis: ['mediaLifetime'],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const expected = 'media are downloaded soon after the success';
    const known = evidence.tasks.flatMap((task) => {
      const atMs = succeeds(task) && !isStepOnly(evidence, task) ? knewEndAtMs(evidence, task) : null;
      return atMs === null ? [] : [{ task, atMs }];
    });
    if (known.length === 0) return doesNotApply(expected, 'The client learned of no success.');
    const limitMs = evidence.downloadWithinMs ?? evidence.pack.clients.downloadWithinMs;
    const waits = known.map(({ task, atMs }) => {
      const files = filesOf(downloadsOf(evidence, task.id), [task.id]);
      const whole = files.flatMap(({ completedBy }) => completedBy ?? []);
      return {
        task,
        atMs,
        files,
        waitMs: whole.length === 0 ? null : leastOf(whole.map((one) => one.atMs)) - atMs,
      };
    });
    const [missing] = waits.filter(({ waitMs }) => waitMs === null);
    if (missing !== undefined) return unfetched(evidence, expected, missing);
    const late = waits.filter(({ waitMs }) => waitMs !== null && waitMs > limitMs);
    const longest = say(Math.max(0, mostOf(waits.map(({ waitMs }) => waitMs ?? 0))));
    return late.length === 0
      ? kept(expected, `complete after ${longest}`)
      : broken(
          expected,
          `complete after ${longest}, where ${say(limitMs)} is allowed`,
          late.map(({ task }) => task),
        );
  },
};

/** Whoever extends a video may have no use for it as it was. */
function isStepOnly(evidence: Evidence, { id }: TaskLife): boolean {
  return firstExtensionOf(evidence, id) !== undefined && downloadsOf(evidence, id).length === 0;
}

interface Unfetched {
  readonly task: TaskLife;
  readonly atMs: number;
  readonly files: readonly FileDownloads[];
}

function unfetched(evidence: Evidence, expected: string, { task, atMs, files }: Unfetched): Finding {
  const open = stillOpen(evidence, expected, atMs);
  if (open !== null) return open;
  const asked = downloadsOf(evidence, task.id);
  const [most] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (most !== undefined && most.bytes > 0) {
    const size = most.size === null ? 'the rest is missing' : `${most.size} bytes are the whole file`;
    return broken(expected, `only ${most.bytes} bytes of ${most.name} were downloaded; ${size}`, [
      task,
      ...asked,
    ]);
  }
  const methods = [...new Set(asked.map(({ entry }) => entry.method))].join(' and ');
  const actual =
    asked.length === 0 ? 'nothing was downloaded' : `${methods} requests only: no byte was downloaded`;
  return broken(expected, actual, [task, ...asked]);
}
