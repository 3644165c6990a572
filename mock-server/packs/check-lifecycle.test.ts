import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLifecycle } from './check-lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { readPackFiles } from './load-pack.ts';
import { mergePatch } from './merge-patch.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** A pack whose tasks can be canceled and whose clients choose among signals. */
const WHOLE = readPackFiles(join(PACKAGE_ROOT, 'spec/replicate')).lifecycle;
/** One whose canceled tasks are answered without a body. */
const BODILESS = readPackFiles(join(PACKAGE_ROOT, 'spec/runwayml')).lifecycle;

function defectsOf(change: object, lifecycle: Lifecycle = WHOLE): [pointer: string, message: string][] {
  const changed = mergePatch(lifecycle, change as Parameters<typeof mergePatch>[1]) as Lifecycle;
  return checkLifecycle(changed).map(({ pointer, message }) => [pointer, message]);
}

describe('a lifecycle with cancel operations and signals', () => {
  it('is right as it comes', () => {
    expect(defectsOf({})).toStrictEqual([]);
    expect(defectsOf({}, BODILESS)).toStrictEqual([]);
  });

  it('needs a state for canceled tasks in every kind', () => {
    const ends = { canceled: null };
    const withoutState = { kinds: { video: { ends }, image: { ends }, audio: { ends } } };
    const retrieve = { operations: { 'retrieve-task': { answers: { CANCELLED: null } } } };
    expect(defectsOf({ ...withoutState, ...retrieve }, BODILESS)).toStrictEqual([
      ...['video', 'image', 'audio'].map((kind) => [
        `/kinds/${kind}/ends`,
        'an operation cancels tasks, but "canceled" is not given',
      ]),
    ]);
  });

  it.each(['succeeded', 'failed', 'canceled'])(
    'needs an answer of the cancel operation for a task that ended as %s',
    (state) => {
      expect(
        defectsOf({ operations: { 'cancel-prediction': { answers: { [state]: null } } } }),
      ).toStrictEqual([['/operations/cancel-prediction/answers', `there is no answer for state "${state}"`]]);
    },
  );

  it('needs none for a task that runs: it has ended when it is answered', () => {
    const answers = { starting: null, processing: null };
    expect(defectsOf({ operations: { 'cancel-prediction': { answers } } })).toStrictEqual([]);
  });

  it('needs an answer of the poll for canceled tasks', () => {
    expect(defectsOf({ operations: { 'get-prediction': { answers: { canceled: null } } } })).toStrictEqual([
      ['/operations/get-prediction/answers', 'there is no answer for state "canceled"'],
    ]);
  });

  it('cannot answer a cancel in a state that no task reaches', () => {
    expect(defectsOf({ operations: { 'cancel-prediction': { answers: { zombie: {} } } } })).toStrictEqual([
      ['/operations/cancel-prediction/answers/zombie', 'no task ever reaches state "zombie"'],
    ]);
  });

  it('cannot announce a state that has no body', () => {
    const event = { bodies: { canceled: null } };
    expect(defectsOf({ events: { 'replicate.prediction': event } })).toStrictEqual([
      [
        '/events/replicate.prediction/announces/canceled',
        'there is no body for state "canceled": expected one of starting, processing, succeeded, failed',
      ],
    ]);
  });

  it('cannot send a signal once that no state gives', () => {
    expect(
      defectsOf({ events: { 'replicate.prediction': { sentOnce: ['start', 'finish'] } } }),
    ).toStrictEqual([
      [
        '/events/replicate.prediction/sentOnce/1',
        'there is no signal "finish": expected one of start, logs, output, completed',
      ],
    ]);
  });

  it('knows the signals by the states when nothing says what is announced', () => {
    const event = { announces: null, sentOnce: ['starting', 'start'] };
    // Without the facts: one of them is about what is announced.
    expect(defectsOf({ facts: [], events: { 'replicate.prediction': event } })).toStrictEqual([
      [
        '/events/replicate.prediction/sentOnce/1',
        'there is no signal "start": expected one of starting, processing, succeeded, failed, canceled',
      ],
    ]);
  });
});

describe('a lifecycle with operations beside the tasks', () => {
  const DREAM = readPackFiles(join(PACKAGE_ROOT, 'spec/dream-machine')).lifecycle;

  it('cannot list what no operation shows, nor tasks of a kind that there is not', () => {
    const list = { items: 'get-clip', kinds: ['prediction', 'clip'] };
    expect(defectsOf({ operations: { 'list-predictions': list } }).map(([pointer]) => pointer)).toStrictEqual(
      ['/operations/list-predictions/items', '/operations/list-predictions/kinds/1'],
    );
  });

  it('cannot yield media in a kind that there is not', () => {
    expect(defectsOf({ task: { media: { video: { kinds: ['clip'] } } } })).toStrictEqual([
      ['/task/media/video/kinds/0', 'there is no kind "clip": expected one of prediction'],
    ]);
  });

  it('needs one rule for each trouble with the task that an operation continues', () => {
    const parent = { whenUnknown: { fail: 'internal' }, whenFailed: { refuse: null, fail: 'nothing' } };
    const found = defectsOf({ operations: { 'upscale-generation': { parent } } }, DREAM);
    expect(found.map(([pointer]) => pointer)).toStrictEqual([
      '/operations/upscale-generation/parent/whenFailed/fail',
      '/operations/upscale-generation/parent/whenUnknown',
    ]);
  });
});
