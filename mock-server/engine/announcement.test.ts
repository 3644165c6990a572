import { describe, expect, it } from 'vitest';
import type { JsonObject, Signal } from '../core/types.ts';
import { createSampleTasks } from '../delivery/testing/sample-tasks.ts';
import type { OutsideBody, SubmitOperation } from '../packs/pack.ts';
import { announcementOf, namesUrlsOutsideBody, targetsOf } from './announcement.ts';

const { operation, event } = createSampleTasks();
const [START, END] = ['start', 'end'].map((name) => ({ name }) as unknown as Signal);
const signals = new Map([
  ['running', [START, END]],
  ['done', [END]],
]) as ReadonlyMap<string, readonly Signal[]>;

const BODY = { in: 'body', pointer: '/url' } as const;

function operationWith(url: unknown, wanted?: unknown): SubmitOperation {
  const wantedBy = wanted === undefined ? null : () => wanted;
  const own = { ...event, signals, wantedBy };
  const urlOf = (): unknown => url;
  return { ...operation, events: [own], event: own, callbacks: [{ event: own, urlOf, place: BODY }] };
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
    expect(announcementOf({ ...operationWith('http://a.test'), callbacks: [] }, REQUEST)).toBeNull();
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

describe('the URLs of a request', () => {
  it('may be a list, whose repeated and unusable values are left out', () => {
    const one = operationWith(['http://a.test', 'http://b.test', 'http://a.test', '', 7]);
    expect(announcementOf(one, REQUEST)).toMatchObject({
      url: 'http://a.test',
      others: [{ event: event.name, url: 'http://b.test' }],
    });
  });

  it('may be outside the body, where a plan has to keep them', () => {
    const [source] = operationWith('').callbacks;
    if (source === undefined) throw new Error('the operation has a callback');
    const urlOf = (_body: JsonObject, outside?: OutsideBody | null) => outside?.query('hook');
    const place = { in: 'query', name: 'hook' } as const;
    const calling = { ...operationWith(''), callbacks: [{ ...source, urlOf, place }] };
    const outside = { query: (name: string) => `http://${name}.test`, header: () => undefined };
    const targets = targetsOf(calling, REQUEST, outside);
    expect(namesUrlsOutsideBody(calling)).toBe(true);
    expect(targets).toEqual([{ event: event.name, url: 'http://hook.test' }]);
    expect(announcementOf(calling, REQUEST)).toBeNull();
    expect(announcementOf(calling, REQUEST, targets)?.url).toBe('http://hook.test');
  });

  it('belong to several events, each with its own signals', () => {
    const main = operationWith('http://a.test', ['end']);
    const [source] = main.callbacks;
    if (source === undefined) throw new Error('the operation has a callback');
    const progress = { ...event, name: 'any.progress', signals, wantedBy: null };
    const further = { ...source, event: progress, urlOf: () => 'http://b.test' };
    const both = { ...main, events: [...main.events, progress], callbacks: [source, further] };
    const announcement = announcementOf(both, REQUEST);
    expect(announcement?.others?.map(({ event: name, url }) => [name, url])).toEqual([
      ['any.progress', 'http://b.test'],
    ]);
    expect(announcement?.others?.[0]?.signals).toBe(signals);
    expect(announcement?.signals).not.toBe(signals);
  });
});
