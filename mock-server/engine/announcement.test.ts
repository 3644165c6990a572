import { describe, expect, it } from 'vitest';
import type { JsonObject, Signal } from '../core/types.ts';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { SubmitOperation } from '../packs/pack.ts';
import { announcementOf } from './announcement.ts';

const { operation, event } = createSampleTasks();
const [START, END] = ['start', 'end'].map((name) => ({ name }) as unknown as Signal);
const signals = new Map([
  ['running', [START, END]],
  ['done', [END]],
]) as ReadonlyMap<string, readonly Signal[]>;

function operationWith(url: unknown, wanted?: unknown): SubmitOperation {
  const wantedBy = wanted === undefined ? null : () => wanted;
  return { ...operation, callbackUrlOf: () => url, event: { ...event, signals, wantedBy } };
}

const REQUEST: JsonObject = {};

describe('the announcement of a task', () => {
  it('has the event of its operation, the URL of its request and all signals', () => {
    expect(announcementOf(operationWith('http://a.test'), REQUEST)).toEqual({
      event: event.name,
      url: 'http://a.test',
      signals,
    });
  });

  it.each([[undefined], [''], [null], [5]])('does not exist when the callback URL is %o', (url) => {
    expect(announcementOf(operationWith(url), REQUEST)).toBeNull();
  });

  it('does not exist for an operation without an event', () => {
    expect(announcementOf({ ...operationWith('http://a.test'), event: null }, REQUEST)).toBeNull();
  });

  it('has only the signals that the request asks for', () => {
    const announcement = announcementOf(operationWith('http://a.test', ['end']), REQUEST);
    expect([...(announcement?.signals ?? [])]).toEqual([
      ['running', [END]],
      ['done', [END]],
    ]);
  });

  it.each([[[]], ['end'], [null]])('has all signals when the request asks for %o', (wanted) => {
    expect(announcementOf(operationWith('http://a.test', wanted), REQUEST)?.signals).toBe(signals);
  });
});
