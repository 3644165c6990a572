import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MockProcess, startMockProcess } from '../fixtures/mock-process.ts';

/** Number of kills per kind of call. The long version is `STUNTDOUBLE_KILLS=30 npm run test:kill`. */
const KILLS = Math.max(1, Math.floor(Number(process.env.STUNTDOUBLE_KILLS ?? 1)));
const PROMPT = 'A prompt that must not be readable after a reset';

type Json = Readonly<Record<string, unknown>>;

/** A kind of call that changes state. */
interface Kind {
  /** Creates the state that the call needs. @returns the call, and a check that must succeed after a restart */
  prepare(mock: Calls): Promise<{
    readonly call: readonly [method: string, path: string, body?: Json];
    readonly isKept: (mock: Calls, answer: string) => Promise<boolean>;
  }>;
}

interface Calls {
  /** Makes a call. @returns the parsed answer, or the status if the answer does not have a JSON body */
  ask(method: string, path: string, body?: Json): Promise<unknown>;
}

let dir: string;
let running: MockProcess | null;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stuntdouble-answered-'));
  running = null;
});
afterEach(async () => {
  running?.child.kill('SIGKILL');
  await running?.ended;
  rmSync(dir, { recursive: true });
});

async function start(): Promise<MockProcess> {
  running = await startMockProcess('--data', dir, '--clock', 'polls', '--seed', '3');
  return running;
}

function send(
  { url, child }: MockProcess,
  [method, path, body]: readonly [method: string, path: string, body?: Json | undefined],
  { kill }: { readonly kill: boolean },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: 'Bearer kill-key',
      'content-type': 'application/json',
      'x-runway-version': '2024-11-06',
    };
    const outgoing = request(url + path, { method, headers }, (response) => {
      if (kill) child.kill('SIGKILL');
      let text = '';
      const end = (): void => resolve({ status: response.statusCode ?? 0, text });
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      // The mock may be killed in the middle of its answer.
      response.on('error', end).on('end', end);
    });
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function callsOf(mock: MockProcess): Calls {
  return {
    async ask(method, path, body) {
      const { status, text } = await send(mock, [method, path, body], { kill: false });
      return text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : status;
    },
  };
}

const GENERATE = { prompt: PROMPT, duration: 5, quality: '720p', aspectRatio: '16:9' };
/** A callback URL without a receiver, because the result of the callback does not matter. */
const CALLBACK = { ...GENERATE, callBackUrl: 'http://127.0.0.1:9/' };

async function submitted({ ask }: Calls, body: Json = GENERATE): Promise<string> {
  const answer = (await ask('POST', '/api/v1/runway/generate', body)) as { data: { taskId: string } };
  return answer.data.taskId;
}

async function task(
  { ask }: Calls,
  id: string,
): Promise<Json & { readonly plan: { readonly outcome: Json } }> {
  return (await ask('GET', `/__admin/tasks/${id}`)) as Json & { readonly plan: { readonly outcome: Json } };
}

async function now({ ask }: Calls): Promise<number> {
  return Date.parse(((await ask('GET', '/__admin/clock')) as { now: string }).now);
}

const queue = ({ ask }: Calls): Promise<unknown> => ask('GET', '/__admin/scenarios');
const journal = async ({ ask }: Calls): Promise<readonly { readonly seq: number }[]> =>
  (await ask('GET', '/__admin/journal')) as readonly { readonly seq: number }[];

const KINDS: Readonly<Record<string, Kind>> = {
  submission: {
    prepare: async () => ({
      call: ['POST', '/api/v1/runway/generate', GENERATE],
      isKept: async (mock, answer) => {
        const id = /"taskId":"([^"]+)"/.exec(answer)?.[1] ?? '';
        return (await task(mock, id)).id === id;
      },
    }),
  },
  cancellation: {
    async prepare(mock) {
      const { id } = (await mock.ask('POST', '/v1/image_to_video', {
        promptText: 'A cat',
        promptImage: 'https://example.com/cat.png',
        model: 'gen4_turbo',
        ratio: '1280:720',
        duration: 5,
      })) as { id: string };
      return {
        call: ['DELETE', `/v1/tasks/${id}`],
        isKept: async (later) => (await task(later, id)).plan.outcome.type === 'canceled',
      };
    },
  },
  deletion: {
    async prepare(mock) {
      const { id } = (await mock.ask('POST', '/dream-machine/v1/generations/video', {
        prompt: 'A cat',
        model: 'ray-2',
      })) as { id: string };
      return {
        call: ['DELETE', `/dream-machine/v1/generations/${id}`],
        isKept: async (later) => (await task(later, id)).code === 'TASK_UNKNOWN',
      };
    },
  },
  'poll that moves the clock': {
    async prepare(mock) {
      const id = await submitted(mock);
      const before = await now(mock);
      return {
        call: ['GET', `/api/v1/runway/record-detail?taskId=${id}`],
        isKept: async (later) => (await now(later)) > before,
      };
    },
  },
  amendment: {
    async prepare(mock) {
      const id = await submitted(mock);
      return {
        call: ['POST', `/__admin/tasks/${id}/amend`, { outcome: 'fail.nsfw' }],
        isKept: async (later) => (await task(later, id)).outcome === 'fail.nsfw',
      };
    },
  },
  redelivery: {
    async prepare(mock) {
      const id = await submitted(mock, CALLBACK);
      await mock.ask('POST', `/__admin/tasks/${id}/amend`, { outcome: 'success' });
      return {
        call: ['POST', `/__admin/tasks/${id}/redeliver`],
        isKept: async (later) => ((await task(later, id)).deliveries as unknown[]).length === 2,
      };
    },
  },
  'submission that uses a queued scenario': {
    async prepare(mock) {
      await mock.ask('DELETE', '/__admin/scenarios');
      await mock.ask('POST', '/__admin/scenarios', { scenario: 'submit.455', times: 3 });
      return {
        call: ['POST', '/api/v1/runway/generate', GENERATE],
        isKept: async (later) => JSON.stringify(await queue(later)).includes('"times":2'),
      };
    },
  },
  'queued scenario': {
    prepare: async () => ({
      call: ['POST', '/__admin/scenarios', { scenario: 'fail.nsfw', times: 7 }],
      isKept: async (later) => JSON.stringify(await queue(later)).includes('"times":7'),
    }),
  },
  'cleared queue': {
    async prepare(mock) {
      await mock.ask('POST', '/__admin/scenarios', { scenario: 'fail.nsfw' });
      return {
        call: ['DELETE', '/__admin/scenarios'],
        isKept: async (later) => JSON.stringify(await queue(later)) === '[]',
      };
    },
  },
  'move of the clock': {
    async prepare(mock) {
      const before = await now(mock);
      return {
        call: ['POST', '/__admin/clock', { advance: '1d' }],
        isKept: async (later) => (await now(later)) >= before + 86_400_000,
      };
    },
  },
  'cleared journal': {
    async prepare(mock) {
      const id = await submitted(mock);
      const last = (await journal(mock)).at(-1)?.seq ?? 0;
      return {
        call: ['DELETE', '/__admin/journal'],
        isKept: async (later) =>
          (await journal(later)).every(({ seq }) => seq > last) && (await task(later, id)).id === id,
      };
    },
  },
  reset: {
    async prepare(mock) {
      await submitted(mock);
      return {
        call: ['POST', '/__admin/reset'],
        isKept: async (later) =>
          JSON.stringify(await later.ask('GET', '/__admin/tasks')) === '[]' &&
          !readFileSync(join(dir, 'journal.jsonl'), 'utf8').includes(PROMPT),
      };
    },
  },
};

describe('kill -9 at the first byte of an answer', () => {
  it(
    `does not lose any change in ${KILLS} kills per kind of call`,
    async () => {
      const lost: Record<string, number> = {};
      let mock = await start();
      for (const [name, kind] of Object.entries(KINDS)) {
        lost[name] = 0;
        for (let kill = 0; kill < KILLS; kill++) {
          const { call, isKept } = await kind.prepare(callsOf(mock));
          const { status, text } = await send(mock, call, { kill: true });
          expect([name, text, status]).toEqual([name, text, status < 300 ? status : 'accepted']);
          await mock.ended;
          mock = await start();
          if (!(await isKept(callsOf(mock), text))) lost[name] += 1;
        }
      }
      expect(lost).toEqual(Object.fromEntries(Object.keys(KINDS).map((name) => [name, 0])));
    },
    60_000 * (KILLS + 1),
  );
});
