import { fc } from '../../../fixtures/properties.ts';
import type { Account, Attempt, DeliveryId, TaskId } from '../../core/types.ts';
import { JOURNAL_TYPES, type JournalType } from '../journal-entry.ts';
import type { OpenEntry } from '../unpack-entry.ts';
import { journaledPlan } from './journaled-plan.ts';

export type EntryOf<Type extends JournalType> = Extract<OpenEntry, { readonly type: Type }>;

const ACCOUNT = 'key-a' as Account;
const D1 = 'd1' as DeliveryId;

/** Returns an attempt that was acknowledged. */
export function sampleAttempt(change: Partial<Attempt> = {}): Attempt {
  return {
    n: 1,
    at: 2000,
    wallAt: 5,
    outcome: 'acknowledged',
    status: 200,
    firstByteMs: 1,
    durationMs: 2,
    answer: 'ok',
    detail: null,
    ...change,
  };
}

function endpointSamples<Common>(ofEndpoint: Common, url: string) {
  return {
    'endpoint.created': { ...ofEndpoint, pack: 'acme', account: ACCOUNT, body: { url } },
    'endpoint.updated': { ...ofEndpoint, body: { url }, status: 'enabled', rotation: 1 },
    'endpoint.disabled': { ...ofEndpoint, failures: 2 },
    'endpoint.pinged': { ...ofEndpoint, url, body: '{}', outcome: 'acknowledged', status: 200 },
    'endpoint.deleted': { ...ofEndpoint },
  } as const;
}

function uploadSamples<Common>(ofUpload: Common) {
  const file = { name: 'cat.png', contentType: 'image/png', size: 4, content: 'YWJjZA==', file: null };
  return {
    'upload.stored': {
      ...ofUpload,
      pack: 'acme',
      account: ACCOUNT,
      ...file,
      isAnnounced: false,
      expiresAt: 9000,
    },
    'upload.forgotten': { ...ofUpload },
  } as const;
}

function samplesFor(taskId: TaskId): { readonly [Type in JournalType]: Omit<EntryOf<Type>, 'type'> } {
  const stamp = { seq: 1, at: 1000, wallAt: 5 };
  const ofTask = { ...stamp, taskId };
  const ofDelivery = { ...ofTask, deliveryId: D1, event: 'acme.generate' };
  const url = 'http://127.0.0.1:9/';
  const plan = journaledPlan(taskId);
  const [delivery] = plan.callbacks;
  if (delivery === undefined) throw new Error('the plan has no callback');
  return {
    'request.answered': {
      ...ofTask,
      route: 'operation',
      pack: 'acme',
      operation: 'details',
      does: 'poll',
      meant: null,
      account: ACCOUNT,
      method: 'GET',
      url: '/v1/clips',
      headers: { accept: '*/*' },
      requestBody: '',
      status: 200,
      answer: '{}',
      error: null,
      state: 'queued',
      retryAfter: null,
      durationMs: 1,
    },
    ...endpointSamples({ ...stamp, endpointId: 'e1' }, url),
    ...uploadSamples({ ...stamp, uploadId: 'u1' }),
    'media.served': {
      ...ofTask,
      name: 'video.mp4',
      method: 'GET',
      range: null,
      hasKey: false,
      status: 200,
      bytesSent: 1,
      bytesTotal: 1,
      start: 0,
      fileSize: 1,
      completed: true,
      whole: true,
      durationMs: 1,
    },
    'task.submitted': { ...ofTask, plan },
    'task.changed': { ...ofTask, state: 'done', index: 1 },
    'task.amended': { ...ofTask, plan, reason: 'canceled' },
    'task.expired': ofTask,
    'task.forgotten': ofTask,
    'delivery.promised': { ...ofTask, delivery: { ...delivery, id: 'd2' as DeliveryId } },
    'attempt.started': { ...ofDelivery, n: 1, url, headers: { 'content-type': 'a/b' }, body: '{}' },
    'attempt.ended': { ...ofDelivery, url, attempt: sampleAttempt() },
    'delivery.settled': { ...ofDelivery, status: 'acknowledged', attempts: 1 },
    'scenario.queued': { ...stamp, scenario: 'success', times: 1, account: ACCOUNT },
    'scenario.taken': { ...stamp, scenario: 'success', account: ACCOUNT },
    'scenario.cleared': { ...stamp, account: ACCOUNT },
    'sink.received': { ...stamp, url: '/sink', n: 1, status: 200, body: '{}' },
    'clock.moved': { ...stamp, fromAt: 1000, toAt: 2000 },
    'pack.reloaded': { ...stamp, pack: 'acme', profile: 'documented' },
    'pack.refused': { ...stamp, pack: 'acme', problem: 'the file is empty' },
    'journal.cleared': stamp,
    'server.reset': stamp,
  };
}

/** Returns a valid entry of a type; those about a task are about task `a`, unless `change` names another one. */
export function sampleEntry<Type extends JournalType>(
  type: Type,
  change: Partial<EntryOf<Type>> = {},
): EntryOf<Type> {
  const taskId = 'taskId' in change && typeof change.taskId === 'string' ? change.taskId : 'a';
  return { ...samplesFor(taskId as TaskId)[type], type, ...change } as object as EntryOf<Type>;
}

export const ALL_TYPES = Object.keys(JOURNAL_TYPES) as JournalType[];

/** Texts that are stored with each entry, and longer ones that the entries of a task share. */
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom('x'.repeat(1023), 'x'.repeat(1024), 'x'.repeat(3000), 'Ω'.repeat(2000)),
);

/** Entries of every type about one of two tasks, or about none, with texts of every length. */
export const anyEntry: fc.Arbitrary<OpenEntry> = fc
  .record({
    type: fc.constantFrom(...ALL_TYPES),
    taskId: fc.constantFrom('a' as TaskId, 'b' as TaskId),
    isOfTask: fc.boolean(),
    text: texts,
    other: texts,
  })
  .map(({ type, taskId, isOfTask, text, other }) => {
    if (type === 'request.answered')
      return sampleEntry(type, { taskId: isOfTask ? taskId : null, requestBody: text, answer: other });
    if (type === 'attempt.started') return sampleEntry(type, { taskId, body: text });
    if (type === 'attempt.ended') {
      return sampleEntry(type, { taskId, attempt: sampleAttempt({ answer: text, detail: other }) });
    }
    if (type === 'task.submitted' || type === 'task.amended')
      return sampleEntry(type, { taskId, plan: journaledPlan(taskId, { request: { text } }) });
    if (type === 'sink.received') return sampleEntry(type, { body: text });
    return sampleEntry(type, { taskId } as object);
  });
