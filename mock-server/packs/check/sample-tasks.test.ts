import { describe, expect, it } from 'vitest';
import type { KindRules } from '../../core/types.ts';
import { builtInPackDirs, loadPackAfresh, readPackFiles } from '../load-pack.ts';
import type { Pack } from '../pack.ts';
import { exampleRequests, samplePathParams, snapshotsOf } from './sample-tasks.ts';
import { startRun } from './start-run.ts';

const PACKS = builtInPackDirs().map((dir) => ({
  pack: loadPackAfresh(dir),
  lifecycle: readPackFiles(dir).lifecycle,
}));
const SUBMISSIONS = PACKS.flatMap(({ pack, lifecycle }) =>
  pack.operations.flatMap((operation) =>
    operation.type === 'submit' ? [{ name: `${pack.name}/${operation.id}`, pack, lifecycle, operation }] : [],
  ),
);

describe('the sample tasks of a dry run', () => {
  it.each(SUBMISSIONS)('reach every state of $name', ({ pack, lifecycle, operation }) => {
    const run = startRun(pack, lifecycle);
    const samples = exampleRequests(run, operation);
    expect(samples.map(({ kind }) => kind)).toEqual(operation.kinds);
    for (const sample of samples) {
      const snapshots = snapshotsOf(run, operation, sample);
      expect(new Set(snapshots.map(({ view }) => view.state))).toEqual(statesOf(pack, sample.kind));
      expect(new Set(snapshots.map(({ plan }) => outcomeOf(plan.outcome)))).toEqual(
        outcomesOf(pack, sample.kind),
      );
    }
    expect(run.findings).toEqual([]);
  });

  it.each(SUBMISSIONS)(
    'of $name have a value for each parameter of the path',
    ({ pack, lifecycle, operation }) => {
      const params = samplePathParams(startRun(pack, lifecycle), operation);
      const names = operation.path.match(/(?<=\{\+?)[^}+]+/g);
      expect(params === null ? null : Object.keys(params)).toEqual(names);
    },
  );
});

function statesOf({ failures }: Pack, { steps, ends }: KindRules): Set<string> {
  const failed = [...failures.keys()].map((slug) => ends.failures[slug] ?? ends.failure);
  const optional = [ends.abandoned, ends.canceled].filter((state) => state !== null);
  return new Set([...steps.map(({ state }) => state), ends.success, ...failed, ...optional]);
}

function outcomeOf(outcome: { readonly type: string; readonly slug?: string }): string {
  return outcome.slug ?? outcome.type;
}

function outcomesOf({ failures }: Pack, { ends }: KindRules): Set<string> {
  return new Set(['success', ...failures.keys(), ...(ends.canceled === null ? [] : ['canceled'])]);
}
