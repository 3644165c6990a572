import { leastOf, mostOf } from '../../cached.ts';
import { type ClientCase, type Finding, failed, notApplicable, passed } from '../../client-case.ts';
import type { Evidence, TaskLife } from '../../evidence.ts';
import { downloadsOf, durationText, knewEndAtMs, succeeds } from '../../evidence-queries.ts';
import { type FileDownloads, filesOf } from '../../media-coverage.ts';
import { ofMediaLifetime, textWithFigure } from '../../pack-text.ts';
import { firstExtensionOf } from '../../parents.ts';
import { stillOpen } from '../../still-open.ts';

export const downloadsMediaSoon: ClientCase = {
  id: 'CLI-MED-01',
  group: 'Media',
  title: 'Media is downloaded soon after the task succeeds',
  level: 'should',
  requirement: textWithFigure(
    'the media expires',
    ofMediaLifetime,
    (expiry) => `When a task has succeeded, the client SHOULD download its media well before ${expiry}.`,
  ),
  why: 'Media URLs expire, and a video that was not downloaded by then is lost.',
  remedy: 'Download media to your own storage when the task has succeeded, and publish your own URL.',
  basis: ['mediaLifetime'],
  stimuli: ['plain'],
  isTimed: true,
  judge(evidence) {
    const known = evidence.tasks.flatMap((task) => {
      const atMs = succeeds(task) && !isStepOnly(evidence, task) ? knewEndAtMs(evidence, task) : null;
      return atMs === null ? [] : [{ task, atMs }];
    });
    if (known.length === 0) return notApplicable('The client did not see a task succeed.');
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
    if (missing !== undefined) return notDownloaded(evidence, missing);
    const late = waits.filter(({ waitMs }) => waitMs !== null && waitMs > limitMs);
    const longest = durationText(Math.max(0, mostOf(waits.map(({ waitMs }) => waitMs ?? 0))));
    return late.length === 0
      ? passed(`the downloads were complete after ${longest}`)
      : failed(
          `the downloads were complete after ${longest}; the limit is ${durationText(limitMs)}`,
          late.map(({ task }) => task),
        );
  },
};

/** Whether a task was only extended: a client may not need the original video. */
function isStepOnly(evidence: Evidence, { id }: TaskLife): boolean {
  return firstExtensionOf(evidence, id) !== undefined && downloadsOf(evidence, id).length === 0;
}

interface Missing {
  readonly task: TaskLife;
  readonly atMs: number;
  readonly files: readonly FileDownloads[];
}

function notDownloaded(evidence: Evidence, { task, atMs, files }: Missing): Finding {
  const open = stillOpen(evidence, atMs);
  if (open !== null) return open;
  const requests = downloadsOf(evidence, task.id);
  const [most] = files.toSorted((a, b) => b.bytes - a.bytes);
  if (most !== undefined && most.bytes > 0) {
    const size = most.size === null ? 'the rest is missing' : `the file has ${most.size} bytes`;
    return failed(`only ${most.bytes} bytes of ${most.name} were downloaded; ${size}`, [task, ...requests]);
  }
  const methods = [...new Set(requests.map(({ entry }) => entry.method))].join(' and ');
  const actual =
    requests.length === 0
      ? 'the media was not downloaded'
      : `the client sent only ${methods} requests and did not download any bytes`;
  return failed(actual, [task, ...requests]);
}
