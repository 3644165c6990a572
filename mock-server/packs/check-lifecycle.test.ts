import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkLifecycle } from './check-lifecycle.ts';
import type { Lifecycle } from './lifecycle.ts';
import { readPackFiles } from './load-pack.ts';
import { mergePatch } from './merge-patch.ts';
import { PACKAGE_ROOT } from './package-root.ts';

/** A pack with cancelable tasks and with signals that clients select. */
const WHOLE = readPackFiles(join(PACKAGE_ROOT, 'spec/replicate')).lifecycle;
/** A pack whose cancel operation answers without a body. */
const BODILESS = readPackFiles(join(PACKAGE_ROOT, 'spec/runwayml')).lifecycle;

function defectsOf(change: object, lifecycle: Lifecycle = WHOLE): [pointer: string, message: string][] {
  const changed = mergePatch(lifecycle, change as Parameters<typeof mergePatch>[1]) as Lifecycle;
  return checkLifecycle(changed).map(({ pointer, message }) => [pointer, message]);
}

describe('a lifecycle with cancel operations and signals', () => {
  it('has no defects without a change', () => {
    expect(defectsOf({})).toStrictEqual([]);
    expect(defectsOf({}, BODILESS)).toStrictEqual([]);
  });

  it('requires a state for canceled tasks in every kind', () => {
    const ends = { canceled: null };
    const withoutState = { kinds: { video: { ends }, image: { ends }, audio: { ends } } };
    const canceledState = 'CANCELLED';
    const retrieve = { operations: { 'retrieve-task': { answers: { [canceledState]: null } } } };
    expect(defectsOf({ ...withoutState, ...retrieve }, BODILESS)).toStrictEqual([
      ...['video', 'image', 'audio'].map((kind) => [
        `/kinds/${kind}/ends`,
        '"canceled" is required because an operation cancels tasks',
      ]),
    ]);
  });

  it.each(['succeeded', 'failed', 'canceled'])(
    'requires an answer of the cancel operation for a task that ended as %s',
    (state) => {
      expect(
        defectsOf({ operations: { 'cancel-prediction': { answers: { [state]: null } } } }),
      ).toStrictEqual([['/operations/cancel-prediction/answers', `missing answer for state "${state}"`]]);
    },
  );

  it('does not require an answer of the cancel operation for final states in which it is refused', () => {
    const cancel = { allowedIn: ['starting', 'processing'], answers: { succeeded: null, failed: null } };
    expect(defectsOf({ operations: { 'cancel-prediction': cancel } })).toStrictEqual([]);
    expect(
      defectsOf({ operations: { 'cancel-prediction': { ...cancel, takes: '5s' } } }).map(
        ([, message]) => message,
      ),
    ).toStrictEqual(['missing answer for state "succeeded"', 'missing answer for state "failed"']);
  });

  it('does not require an answer of the cancel operation for running states', () => {
    const answers = { starting: null, processing: null };
    expect(defectsOf({ operations: { 'cancel-prediction': { answers } } })).toStrictEqual([]);
  });

  it('requires an answer of the poll operation for canceled tasks', () => {
    expect(defectsOf({ operations: { 'get-prediction': { answers: { canceled: null } } } })).toStrictEqual([
      ['/operations/get-prediction/answers', 'missing answer for state "canceled"'],
    ]);
  });

  it('rejects an answer of the cancel operation for an unreachable state', () => {
    expect(defectsOf({ operations: { 'cancel-prediction': { answers: { zombie: {} } } } })).toStrictEqual([
      ['/operations/cancel-prediction/answers/zombie', 'no task reaches state "zombie"'],
    ]);
  });

  it('rejects an announced state without a body', () => {
    const event = { bodies: { canceled: null } };
    expect(defectsOf({ events: { 'replicate.prediction': event } })).toStrictEqual([
      [
        '/events/replicate.prediction/announces/canceled',
        'body for state "canceled" does not exist; expected one of starting, processing, succeeded, failed',
      ],
    ]);
  });

  it('rejects an unknown signal in sentOnce', () => {
    expect(
      defectsOf({ events: { 'replicate.prediction': { sentOnce: ['start', 'finish'] } } }),
    ).toStrictEqual([
      [
        '/events/replicate.prediction/sentOnce/1',
        'signal "finish" does not exist; expected one of start, logs, output, completed',
      ],
    ]);
  });

  it('uses the states as signals when announces is missing', () => {
    const event = { announces: null, sentOnce: ['starting', 'start'] };
    // The facts are removed because one of them refers to the removed value.
    expect(defectsOf({ facts: [], events: { 'replicate.prediction': event } })).toStrictEqual([
      [
        '/events/replicate.prediction/sentOnce/1',
        'signal "start" does not exist; expected one of starting, processing, succeeded, failed, canceled',
      ],
    ]);
  });
});

describe('a lifecycle with lists, media and continued tasks', () => {
  const DREAM = readPackFiles(join(PACKAGE_ROOT, 'spec/dream-machine')).lifecycle;

  it('rejects a list of unknown items or kinds', () => {
    const list = { items: 'get-clip', kinds: ['prediction', 'clip'] };
    expect(defectsOf({ operations: { 'list-predictions': list } }).map(([pointer]) => pointer)).toStrictEqual(
      ['/operations/list-predictions/items', '/operations/list-predictions/kinds/1'],
    );
  });

  it('rejects media of an unknown kind', () => {
    expect(defectsOf({ task: { media: { video: { kinds: ['clip'] } } } })).toStrictEqual([
      ['/task/media/video/kinds/0', 'kind "clip" does not exist; expected one of prediction'],
    ]);
  });

  it('requires exactly one rule for each reason that a task cannot be continued', () => {
    const parent = { whenUnknown: { fail: 'internal' }, whenFailed: { refuse: null, fail: 'nothing' } };
    const found = defectsOf({ operations: { 'upscale-generation': { parent } } }, DREAM);
    expect(found.map(([pointer]) => pointer)).toStrictEqual([
      '/operations/upscale-generation/parent/whenFailed/fail',
      '/operations/upscale-generation/parent/whenUnknown',
    ]);
  });
});

describe('the signature of a pack', () => {
  it('must have a header with its value', () => {
    const headers = { 'webhook-signature': 'v1' };
    expect(defectsOf({ delivery: { signature: { headers } } })).toStrictEqual([
      ['/delivery/signature/headers', 'no header contains $signature.value'],
    ]);
  });

  it('cannot share a header with all callbacks', () => {
    expect(defectsOf({ delivery: { headers: { 'Webhook-ID': 'x' } } })).toStrictEqual([
      ['/delivery/headers/Webhook-ID', '"webhook-id" is also a header of the signature'],
    ]);
  });

  it('needs an operation for its public key, if it has one', () => {
    const signature = { algorithm: 'ed25519', key: null };
    expect(defectsOf({ delivery: { signature } })).toStrictEqual([
      [
        '/delivery/signature/algorithm',
        'ed25519 needs an operation with "does: jwks", from which receivers get the public key',
      ],
    ]);
    expect(defectsOf({ delivery: { signature }, operations: { keys: { does: 'jwks' } } })).toStrictEqual([]);
  });
});

describe('the kinds and states of a pack', () => {
  it('must exist where a poll limits its kinds, and where a file is ready early', () => {
    const media = { video: { readyIn: ['absent'] } };
    const polling = { 'get-prediction': { kinds: ['missing'] } };
    const places = defectsOf({ task: { media }, operations: polling }).map(([at]) => at);
    expect(places).toContain('/task/media/video/readyIn/0');
    expect(places).toContain('/operations/get-prediction/kinds/0');
  });
});
