import { describe, expect, it } from 'vitest';
import { openReceiver, type Reaction } from '../../fixtures/receivers/scripted-receiver.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { RECEIVER_CASES } from './cases.ts';
import { judgeReceiver } from './judge-receiver.ts';

const PACKS = loadPacks();
const EVENTS = PACKS.flatMap((pack) => [...pack.events.keys()]);

/** Cases about signatures that apply without a secret, to vendors that sign every callback. */
const SIGNATURES = ['RCV-SEC-01', 'RCV-SEC-05', 'RCV-SEC-06', 'RCV-SEC-07'];

async function judge(event: string, reaction: Reaction) {
  const receiver = await openReceiver(reaction);
  try {
    return await judgeReceiver({ url: receiver.url, event, ackTimeout: '500ms', settle: '60ms' });
  } finally {
    receiver.close();
  }
}

describe.each(EVENTS)('the receiver cases for %s', (event) => {
  it('judge the answers of a receiver that acknowledges everything without an effect', async () => {
    const { cases, channels, summary } = await judge(event, 200);
    expect(cases.map(({ id }) => id)).toEqual(RECEIVER_CASES.map(({ id }) => id));
    // Acknowledging invalid JSON and a GET is its only observable defect.
    const broken = cases.filter(({ status }) => status === 'failed').map(({ id }) => id);
    const isSigned = PACKS.some(({ events, signer }) => events.has(event) && signer?.isAlways === true);
    expect(broken).toEqual(['RCV-ENV-08', ...(isSigned ? SIGNATURES : [])]);
    expect(channels).toEqual({ ack: true, media: false, probe: false, api: false });
    expect(summary.judged).toBeGreaterThan(20);
  });

  it('report a receiver that answers 500 once and pass none of the cases', async () => {
    const { cases, headlines } = await judge(event, 500);
    expect(cases.filter(({ status }) => status === 'failed').map(({ id }) => id)).toEqual(['RCV-ACK-01']);
    expect(cases.filter(({ status }) => status === 'passed')).toEqual([]);
    expect(headlines).toHaveLength(1);
  });
});
