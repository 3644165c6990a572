import type { Dispatcher } from 'undici';
import { describe, expect, it } from 'vitest';
import type { AttemptTimer } from './attempt-timer.ts';
import type { Connection } from './connection.ts';
import { UnaskedUpgradeError } from './interim-answers.ts';
import { type OutgoingCallback, postCallback } from './post-callback.ts';

const CONTROLLER = {} as Dispatcher.DispatchController;
const OUTGOING: OutgoingCallback = {
  headers: { 'x-test': '1' },
  body: '{}',
  ackTimeoutMs: 1000,
  ackStatus: '200',
  flaw: null,
};

/** Posts over a connection that the test answers. */
function post(change: Partial<OutgoingCallback> = {}) {
  const calls: string[] = [];
  const sent: Dispatcher.DispatchOptions[] = [];
  let handler: Dispatcher.DispatchHandler = {};
  let breakOff: () => void = () => undefined;
  const timer = {
    endedBy: null as AttemptTimer['endedBy'],
    elapsedMs: () => 7,
    onEarlyEnd: (then: () => void) => {
      breakOff = then;
    },
    end: () => undefined,
  };
  const connection: Connection = {
    dispatch(options, given) {
      sent.push(options);
      handler = given;
    },
    keep: () => void calls.push('keep'),
    cut: async () => void calls.push('cut'),
  };
  const result = postCallback('/callback?a=1', { ...OUTGOING, ...change }, timer, connection);
  return {
    result,
    calls,
    sent,
    start: (status: number, headers: Record<string, string> = {}) =>
      handler.onResponseStart?.(CONTROLLER, status, headers),
    data: (bytes: string | Buffer) => handler.onResponseData?.(CONTROLLER, Buffer.from(bytes)),
    end: () => handler.onResponseEnd?.(CONTROLLER, {}),
    fail: (error: Error) => handler.onResponseError?.(CONTROLLER, error),
    endEarly: (cause: 'time' | 'interruption') => {
      timer.endedBy = cause;
      breakOff();
    },
  };
}

describe('a POST', () => {
  it('sends the path, the headers and the body, and keeps the connection after the answer', async () => {
    const { result, calls, sent, start, data, end } = post();
    start(200);
    data('recei');
    data('ved');
    end();
    expect(await result).toEqual({
      outcome: 'acknowledged',
      status: 200,
      firstByteMs: 7,
      durationMs: 7,
      answer: 'received',
      detail: null,
    });
    expect(sent).toEqual([{ path: '/callback?a=1', method: 'POST', headers: OUTGOING.headers, body: '{}' }]);
    expect(calls).toEqual(['keep']);
  });

  it.each([
    [204, {}, {}, 'rejected', 'HTTP 204; 200 was expected'],
    [204, { ackStatus: '2xx' }, {}, 'acknowledged', null],
    [500, { ackStatus: '2xx' }, {}, 'rejected', 'HTTP 500; 2xx was expected'],
    [307, {}, { location: '/x' }, 'redirect', 'HTTP 307, Location: /x; redirects are not followed'],
    [200, { flaw: 'lost-ack' }, {}, 'timeout', expect.stringContaining('discarded on purpose')],
  ] as const)('judges HTTP %i with %o and %o as %s', async (status, change, headers, outcome, detail) => {
    const { result, start, end } = post(change);
    start(status, headers);
    end();
    expect(await result).toMatchObject({ outcome, status, detail });
  });

  it('keeps the start of a long answer, without half of a character', async () => {
    const { result, start, data, end } = post();
    start(200);
    data(`a${'ä'.repeat(2000)}`);
    end();
    expect((await result).answer).toBe(`a${'ä'.repeat(1023)}`);
  });

  it('is judged and cut when its answer does not end, and ignores what follows', async () => {
    const { result, calls, start, data, end, fail } = post();
    start(200);
    for (let piece = 0; piece < 3; piece++) data(Buffer.alloc(40_000, 'x'));
    fail(new Error('aborted'));
    end();
    expect(await result).toMatchObject({ outcome: 'acknowledged', answer: 'x'.repeat(2048) });
    expect(calls).toEqual(['cut']);
  });

  it.each([
    ['time', null, 'timeout', 'no response within 1000 ms'],
    ['time', 200, 'timeout', 'HTTP 200, but no complete response within 1000 ms'],
    ['interruption', null, 'interrupted', 'the mock was stopped'],
  ] as const)('is cut when it is ended by %s after %s', async (cause, status, outcome, detail) => {
    const { result, calls, start, fail, endEarly } = post();
    if (status !== null) start(status);
    endEarly(cause);
    expect(calls).toEqual(['cut']);
    fail(new Error('aborted'));
    expect(await result).toMatchObject({ outcome, status, detail });
  });

  it('fails as its connection does', async () => {
    const { result, calls, fail } = post();
    fail(Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }));
    expect(await result).toMatchObject({
      outcome: 'refused',
      status: null,
      detail: 'connect ECONNREFUSED 127.0.0.1:1',
    });
    expect(calls).toEqual(['cut']);
  });

  it('is rejected with HTTP 101 when the receiver switches protocols', async () => {
    const { result, fail } = post();
    fail(new UnaskedUpgradeError());
    expect(await result).toMatchObject({ outcome: 'rejected', status: 101 });
  });
});

describe('the answer that acknowledges', () => {
  async function outcomeOf(change: Partial<OutgoingCallback>, status: number, body: string) {
    const { result, start, data, end } = post(change);
    start(status);
    if (body !== '') data(body);
    end();
    const { outcome, detail } = await result;
    return { outcome, detail };
  }

  it.each([
    ['1xx-3xx', 302, 'acknowledged'],
    ['1xx-3xx', 404, 'rejected'],
    ['2xx', 302, 'redirect'],
    ['200, 202', 202, 'acknowledged'],
    ['200, 202', 201, 'rejected'],
  ])('has a status in the windows %s: %i is %s', async (ackStatus, status, outcome) => {
    expect(await outcomeOf({ ackStatus }, status, '')).toMatchObject({ outcome });
  });

  it('is an unsolicited 101 when the vendor accepts 1xx', async () => {
    const { result, fail } = post({ ackStatus: '1xx-3xx' });
    fail(new UnaskedUpgradeError());
    expect(await result).toMatchObject({ outcome: 'acknowledged', status: 101 });
  });

  it('has exactly the required body', async () => {
    expect(await outcomeOf({ ackBody: 'ok' }, 200, 'ok')).toMatchObject({ outcome: 'acknowledged' });
    expect(await outcomeOf({ ackBody: 'ok' }, 200, 'OK\n')).toEqual({
      outcome: 'rejected',
      detail: 'HTTP 200 with the body "OK\\n"; the body "ok" was expected',
    });
    expect(await outcomeOf({ ackBody: 'ok' }, 500, 'ok')).toMatchObject({ outcome: 'rejected' });
  });
});
