import { describe, expect, it } from 'vitest';
import { fc } from '../../fixtures/properties.ts';
import { samplePlan } from '../core/testing/sample-plan.ts';
import type { TaskId } from '../core/types.ts';
import { createMockServer } from '../index.ts';
import { createPlanPacker } from '../journal/packed-plan.ts';
import { StoredTask } from '../journal/stored-task.ts';
import type { ListOperation, TaskPage } from '../packs/pack.ts';
import { pageOfTasks } from './list-tasks.ts';

/** Packs define the fields of a list. These tests cover the tasks on a page and the links between pages. */

interface Page {
  readonly results: readonly { readonly id: string; readonly status: string }[];
  readonly next?: string;
  readonly previous?: string;
}

async function startWithTasks(count: number) {
  const mock = await createMockServer({ clock: 'virtual', rateLimit: 'off' }).listen();
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await submit(mock.url, 'key-one', `prompt ${n}`));
  return { mock, newestFirst: ids.reverse() };
}

async function submit(origin: string, key: string, prompt: string): Promise<string> {
  const answer = await fetch(`${origin}/v1/models/acme/video/predictions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ input: { prompt } }),
  });
  return ((await answer.json()) as { id: string }).id;
}

async function get<Answer>(url: string, key = 'key-one'): Promise<Answer> {
  const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
  return (await answer.json()) as Answer;
}

const idsOf = ({ results }: Page) => results.map(({ id }) => id);

describe('a list of tasks', () => {
  it('starts with the newest, and links pages with cursors in both directions', async () => {
    const { mock, newestFirst } = await startWithTasks(230);
    const first = await get<Page>(`${mock.url}/v1/predictions`);
    expect(idsOf(first)).toEqual(newestFirst.slice(0, 100));
    expect(first.previous).toBeUndefined();
    const second = await get<Page>(first.next ?? '');
    expect(idsOf(second)).toEqual(newestFirst.slice(100, 200));
    const third = await get<Page>(second.next ?? '');
    expect(idsOf(third)).toEqual(newestFirst.slice(200));
    expect(third.next).toBeUndefined();
    const back = await get<Page>(third.previous ?? '');
    expect(idsOf(back)).toEqual(idsOf(second));
    expect(idsOf(await get<Page>(back.previous ?? ''))).toEqual(idsOf(first));
    await mock.close();
  });

  it('continues at the same task after tasks were added', async () => {
    const { mock, newestFirst } = await startWithTasks(101);
    const first = await get<Page>(`${mock.url}/v1/predictions`);
    await submit(mock.url, 'key-one', 'one more');
    expect(idsOf(await get<Page>(first.next ?? ''))).toEqual(newestFirst.slice(100));
    await mock.close();
  });

  it('is empty for an unknown cursor', async () => {
    const { mock } = await startWithTasks(2);
    expect(idsOf(await get<Page>(`${mock.url}/v1/predictions?cursor=nonsense`))).toEqual([]);
    await mock.close();
  });

  it("shows the account's own tasks with their current states, and not those of another vendor", async () => {
    const { mock, newestFirst } = await startWithTasks(2);
    const other = await submit(mock.url, 'key-two', 'of another account');
    await mock.clock.advance('5m');
    const own = await get<Page>(`${mock.url}/v1/predictions`);
    expect(own.results.map(({ id, status }) => [id, status])).toEqual(
      newestFirst.map((id) => [id, 'succeeded']),
    );
    expect(idsOf(await get<Page>(`${mock.url}/v1/predictions`, 'key-two'))).toEqual([other]);
    const generations = await get<{ generations: unknown[] }>(`${mock.url}/dream-machine/v1/generations`);
    expect(generations.generations).toEqual([]);
    await mock.close();
  });

  it('supports limit and offset where the vendor does', async () => {
    const mock = await createMockServer({ clock: 'virtual' }).listen();
    const url = `${mock.url}/dream-machine/v1/generations`;
    const ids: string[] = [];
    for (const prompt of ['a', 'b', 'c', 'd']) {
      const answer = await fetch(`${url}/video`, {
        method: 'POST',
        headers: { authorization: 'Bearer key-one', 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'ray-2', prompt }),
      });
      ids.unshift(((await answer.json()) as { id: string }).id);
    }
    expect(await get(`${url}?limit=2&offset=1`)).toMatchObject({
      generations: [{ id: ids[1] }, { id: ids[2] }],
      count: 2,
      limit: 2,
      offset: 1,
      has_more: true,
    });
    expect(await get(`${url}?offset=3`)).toMatchObject({ generations: [{ id: ids[3] }], has_more: false });
    expect(await get(`${url}?offset=9`)).toMatchObject({ generations: [], count: 0, has_more: false });
    expect(await get(`${url}?limit=many`)).toMatchObject({ detail: expect.stringContaining('limit') });
    await mock.close();
  });
});

/** Returns a function that reads a page of tasks with a cursor, and of at most three tasks by default. */
function listOf(count: number) {
  const packer = createPlanPacker();
  const tasks = Array.from(
    { length: count },
    (_, n) => new StoredTask(packer.pack(samplePlan([0], { taskId: `t${n}` as TaskId }))),
  );
  const operation = {
    page: { size: 3, most: 5, limit: 'limit', offset: 'offset', cursor: 'cursor' },
    items: new Map([
      ['s0', ({ plan }: { readonly plan: { readonly taskId: string } }) => `"${plan.taskId}"`],
    ]),
  } as unknown as ListOperation;
  return (url: string): TaskPage => {
    const { searchParams } = new URL(url);
    const query = (name: string): string | undefined => searchParams.get(name) ?? undefined;
    const request = { query, header: () => undefined, pathParams: {}, body: null };
    return pageOfTasks(tasks, operation, { request, url, now: 0 });
  };
}

const idsOn = ({ items }: TaskPage): string[] => JSON.parse(items.text) as string[];

describe('a page', () => {
  it('leads to every task exactly once, in both directions', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.integer({ min: 1, max: 7 }), (count, limit) => {
        const read = listOf(count);
        const all = Array.from({ length: count }, (_, n) => `t${n}`);
        const start = `http://a.test/list?limit=${limit}`;
        const forth: string[] = [];
        let last = start;
        for (let url: string | null = start; url !== null; url = read(url).nextUrl) {
          expect(read(url)).toMatchObject({ limit: Math.min(5, limit), offset: forth.length });
          forth.push(...idsOn(read(url)));
          last = url;
        }
        expect(forth).toEqual(all);
        const back: string[] = [];
        for (let url: string | null = last; url !== null; url = read(url).previousUrl) {
          back.unshift(...idsOn(read(url)));
        }
        expect(back).toEqual(all);
      }),
    );
  });

  it('begins after the skipped tasks, and has the default size without a valid limit', () => {
    const read = listOf(10);
    expect(idsOn(read('http://a.test/?offset=4'))).toEqual(['t4', 't5', 't6']);
    expect(idsOn(read('http://a.test/?offset=9&limit=2'))).toEqual(['t9']);
    expect(idsOn(read('http://a.test/?offset=10'))).toEqual([]);
    expect(idsOn(read('http://a.test/?limit=-1'))).toHaveLength(3);
    expect(read('http://a.test/?offset=9')).toMatchObject({ hasMore: false, nextUrl: null, count: 1 });
  });
});
