import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  type GivenAnswer,
  type GivenPost,
  openAnsweringReceiver,
} from '../../fixtures/receivers/answering-receiver.ts';
import { PACKAGE_ROOT } from '../../mock-server/internal.ts';
import { judgeReceiver } from './judge-receiver.ts';

const undo: (() => unknown)[] = [];
afterEach(() => {
  for (const step of undo.splice(0)) step();
});

async function judge(pack: string, event: string, answer: (post: GivenPost) => GivenAnswer) {
  const receiver = await openAnsweringReceiver(answer);
  undo.push(() => receiver.close());
  const packs = [join(PACKAGE_ROOT, 'fixtures/packs', pack)];
  const report = await judgeReceiver({
    ...{ url: receiver.origin, packs, event, only: ['RCV-ACK'], ackTimeout: '1s', settle: '50ms' },
  });
  const statuses = Object.fromEntries(report.cases.map(({ id, status }) => [id, status]));
  return { statuses, report, first: receiver.posts[0]?.body ?? '' };
}

const echo = ({ body }: GivenPost): GivenAnswer => ({ body });

it('a receiver gets the handshake first, and passes when it returns the challenge', async () => {
  const { statuses, first } = await judge('lantern-video', 'lantern-video.scene', echo);
  expect(JSON.parse(first)).toEqual({ challenge: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(statuses).toMatchObject({ 'RCV-ACK-01': 'passed', 'RCV-ACK-06': 'passed' });
});

it('a receiver that ignores the challenge fails exactly that case', async () => {
  const { statuses, report } = await judge('lantern-video', 'lantern-video.scene', () => ({ body: 'ok' }));
  const failed = Object.entries(statuses).filter(([, status]) => status === 'failed');
  expect(failed).toEqual([['RCV-ACK-06', 'failed']]);
  const verdict = report.cases.find(({ id }) => id === 'RCV-ACK-06')?.verdicts.ack;
  expect(verdict?.expected).toBe('HTTP 200 within 3 s, and a body that returns the challenge');
});

it('a receiver is judged by the exact body and the windows of its vendor', async () => {
  const event = 'beacon-video.changed';
  const good = await judge('beacon-video', event, () => ({ status: 304, body: '' }));
  const bad = await judge('beacon-video', event, () => ({ body: 'received' }));
  const fine = await judge('beacon-video', event, () => ({ body: 'ok' }));
  expect(fine.statuses).toMatchObject({
    'RCV-ACK-01': 'passed',
    'RCV-ACK-04': 'not-applicable',
    'RCV-ACK-05': 'not-applicable',
    'RCV-ACK-06': 'not-applicable',
  });
  expect(bad.statuses['RCV-ACK-01']).toBe('failed');
  expect(good.statuses['RCV-ACK-01']).toBe('failed');
});
