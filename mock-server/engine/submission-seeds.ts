import { taskIdOf } from '../core/plan.ts';
import { digest } from '../core/random.ts';
import type { TaskStore } from '../journal/task-store.ts';
import type { Submission } from './submission.ts';
import type { SubmissionCounts } from './submission-counts.ts';

/** Returns a seed that no other task has had since the last reset, and that is the same in every run. */
export type SeedFor = (submission: SeedInput) => string;

type SeedInput = Pick<Submission, 'pack' | 'operation' | 'account' | 'bodyText' | 'pathParams'>;

export interface SubmissionSeedsOptions {
  readonly counts: Pick<SubmissionCounts, 'next'>;
  readonly tasks: Pick<TaskStore, 'get'>;
  /** The seed of the run. */
  readonly seed: string;
}

export function createSubmissionSeeds({ counts, tasks, seed: ofRun }: SubmissionSeedsOptions): SeedFor {
  return ({ pack, operation, account, bodyText, pathParams = null }) => {
    const what = pathParams === null ? bodyText : `${JSON.stringify(pathParams)}|${bodyText}`;
    const request = digest(`${ofRun}|${pack.name}|${operation.id}|${account}|${what}`);
    let skipped = 0;
    let seed = counts.next(request, skipped);
    // Journals of earlier versions contain tasks that were not counted.
    while (tasks.get(taskIdOf(operation.kind, seed, pathParams)) !== undefined) {
      skipped += 1;
      seed = counts.next(request, skipped);
    }
    return seed;
  };
}
