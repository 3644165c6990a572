import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { runwayCalls } from '../../fixtures/clients/runway-calls.ts';
import { createMockServer, type MockServer } from '../index.ts';

let mock: MockServer;
let receiver: Server;
let openRequests = 0;
let mostAtOnce = 0;
afterEach(async () => {
  await mock.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

/** Starts a mock, and a receiver that answers only the callbacks for which `answers` returns true. */
async function start(answers: (taskId: string) => boolean, ackTimeout: number): Promise<string> {
  mock = await createMockServer({ clock: 'virtual', seed: 7, ackTimeout }).listen();
  receiver = createServer((request, response) => {
    openRequests += 1;
    mostAtOnce = Math.max(mostAtOnce, openRequests);
    response.on('close', () => {
      openRequests -= 1;
    });
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      if (answers(JSON.parse(body).data?.task_id ?? '')) response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
}

async function submit(count: number, callBackUrl: string): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push((await runwayCalls(mock.url).generate({ prompt: `A cat ${n}`, callBackUrl })).taskId);
  }
  return ids;
}

/** Returns the intervals in service time between the starts of a task's attempts. */
function gapsOf(id: string): number[] {
  const attempts = mock.tasks.get(id)?.deliveries[0]?.attempts ?? [];
  const times = attempts.map(({ at }) => Date.parse(at));
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
}

describe('hung receivers', () => {
  it('are waited for concurrently, and each gets the same attempts and gaps as a single one', async () => {
    const url = await start(() => false, 400);
    const [alone = ''] = await submit(1, url);
    await mock.clock.advance('2h');
    const ids = await submit(8, url);
    mostAtOnce = 0;
    await mock.clock.advance('2h');
    expect(gapsOf(alone)).toHaveLength(3);
    for (const id of ids) {
      expect(mock.tasks.get(id)?.deliveries).toMatchObject([{ status: 'abandoned' }]);
      expect(gapsOf(id)).toEqual(gapsOf(alone));
    }
    // Their callbacks are due at different moments.
    expect(mostAtOnce).toBeGreaterThan(1);
  });

  it('do not prevent the clock from moving to its target', async () => {
    const url = await start(() => false, 300);
    const before = mock.clock.now().getTime();
    await submit(2, url);
    await mock.clock.advance('1h');
    expect(mock.clock.now().getTime() - before).toBe(3_600_000);
    expect(mock.journal.entries({ type: 'attempt.started' })).toHaveLength(8);
    expect(mock.journal.entries({ type: 'attempt.ended' })).toHaveLength(8);
  });

  it('do not change the order of events for responsive receivers', async () => {
    const url = await start(() => true, 5000);
    const order = async (): Promise<string[]> => {
      await submit(6, url);
      await mock.clock.advance('1h');
      return mock.journal.entries().map(({ type, at, ...rest }) => {
        const { taskId = null } = rest as { readonly taskId?: string | null };
        return `${type} ${taskId} ${at}`;
      });
    };
    const first = await order();
    await mock.close();
    mock = await createMockServer({ clock: 'virtual', seed: 7, ackTimeout: 5000 }).listen();
    expect(await order()).toEqual(first);
  });
});
