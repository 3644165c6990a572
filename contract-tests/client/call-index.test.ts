import { describe, expect, it } from 'vitest';
import { callIndexOf } from './call-index.ts';
import type { ApiCall, Evidence } from './evidence.ts';
import {
  pollsIn,
  pollsOf,
  previousPollOf,
  submitOf,
  submitsIn,
  unmatchedIn,
  unmockedIn,
} from './evidence-queries.ts';

type Does = ApiCall['entry']['does'];
type Route = ApiCall['entry']['route'];

function call(seq: number, does: Does, id: string | null, route: Route = 'operation'): ApiCall {
  const entry = { does, route, taskId: id };
  return { seq, entry, askedId: does === 'poll' ? id : null } as never;
}

function evidenceWith(calls: readonly ApiCall[]): Evidence {
  return { calls } as never;
}

const seqs = (calls: readonly ApiCall[]): number[] => calls.map(({ seq }) => seq);

describe('callIndexOf', () => {
  const submit = call(1, 'submit', 'a');
  const polls = [call(2, 'poll', 'a'), call(3, 'poll', 'b'), call(4, 'poll', 'a'), call(5, 'poll', null)];
  const [first, ofOther, second, withoutId] = polls;
  const unmatched = call(6, null, null, 'unknown');
  const unmocked = call(7, null, null, 'not-mocked');
  const all = [submit, ...polls, unmatched, unmocked];

  it('indexes calls by kind and by task', () => {
    const evidence = evidenceWith(all);
    expect(seqs(submitsIn(evidence))).toEqual([1]);
    expect(seqs(pollsIn(evidence))).toEqual([2, 3, 4, 5]);
    expect(seqs(pollsOf(evidence, 'a'))).toEqual([2, 4]);
    expect(submitOf(evidence, { id: 'a' })).toBe(submit);
    expect(seqs(unmatchedIn(evidence))).toEqual([6]);
    expect(seqs(unmockedIn(evidence))).toEqual([7]);
  });

  it('indexes copied evidence with other calls separately', () => {
    const evidence = evidenceWith(all);
    expect(seqs(pollsOf(evidence, 'a'))).toEqual([2, 4]);
    const without = { ...evidence, calls: all.filter((one) => one !== first) };
    expect(seqs(pollsOf(without, 'a'))).toEqual([4]);
    expect(second && previousPollOf(without, second)).toBeUndefined();
    // The original evidence is unchanged.
    expect(second && previousPollOf(evidence, second)).toBe(first);
  });

  it('finds the previous poll of the same id, if there is one', () => {
    const evidence = evidenceWith(all);
    for (const one of [first, ofOther, withoutId]) {
      expect(one && previousPollOf(evidence, one)).toBeUndefined();
    }
    expect(second && previousPollOf(evidence, second)).toBe(first);
  });

  it('includes calls that are added later, and reads each call once', () => {
    const reads = new Map<number, number>();
    const counted = (one: ApiCall): ApiCall =>
      new Proxy(one, {
        get(target, name) {
          if (name === 'entry') reads.set(target.seq, (reads.get(target.seq) ?? 0) + 1);
          return Reflect.get(target, name);
        },
      });
    const growing: ApiCall[] = [];
    for (const one of all) {
      growing.push(counted(one));
      expect(callIndexOf(growing)).toBe(callIndexOf(growing));
    }
    expect(seqs(callIndexOf(growing).polls)).toEqual([2, 3, 4, 5]);
    expect([...reads.values()]).toEqual(all.map(() => 1));
  });
});
