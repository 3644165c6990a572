import type { AnyEntry, Story, StoryPlan } from '../story.ts';

const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Returns a time of a story in ISO 8601. */
export function isoAt(ms: number): string {
  return new Date(START + ms).toISOString();
}

/** Builds the entries of a task, in the order of the calls. Times are milliseconds since the submission. */
export class StoryTeller {
  readonly entries: AnyEntry[] = [];
  plan: StoryPlan;

  constructor(plan: Partial<StoryPlan> = {}) {
    this.plan = {
      taskId: 'task-1',
      pack: 'demo',
      operation: 'generate',
      kind: 'generate',
      account: 'key-1',
      scenario: { name: 'success', callback: null },
      submittedAt: isoAt(0),
      steps: [
        { state: 'queued', at: isoAt(0) },
        { state: 'success', at: isoAt(2000) },
      ],
      outcome: { type: 'success' },
      mediaExpiresAt: null,
      callbacks: [callback('d1')],
      ...plan,
    };
  }

  request(at: number, fields: object = {}): this {
    return this.#add(at, 'request.answered', {
      ...{
        does: 'submit',
        method: 'POST',
        url: '/api/v1/generate',
        headers: {},
        requestBody: '{"prompt":"a cat"}',
      },
      ...{ status: 200, answer: '{"id":"task-1"}', error: null, state: null, durationMs: 0, ...fields },
    });
  }

  poll(at: number, state: string, fields: object = {}): this {
    return this.request(at, { does: 'poll', method: 'GET', url: '/api/v1/tasks/task-1', state, ...fields });
  }

  start(at: number, n: number, deliveryId = 'd1', body = '{"state":"success"}'): this {
    const url = 'http://127.0.0.1:5000/callback';
    return this.#add(at, 'attempt.started', { deliveryId, event: 'done', n, url, headers: {}, body });
  }

  end(at: number, n: number, fields: object = {}, deliveryId = 'd1', more: object = {}): this {
    const result = {
      outcome: 'acknowledged',
      status: 200,
      firstByteMs: 5,
      durationMs: 5,
      answer: 'ok',
      detail: null,
    };
    return this.#add(at, 'attempt.ended', { deliveryId, attempt: { n, ...result, ...fields }, ...more });
  }

  settle(at: number, status: string, deliveryId = 'd1'): this {
    return this.#add(at, 'delivery.settled', { deliveryId, status });
  }

  download(at: number, fields: object = {}): this {
    return this.#add(at, 'media.served', {
      ...{
        name: 'video.mp4',
        method: 'GET',
        range: null,
        hasKey: false,
        status: 200,
        bytesSent: 10,
        bytesTotal: 10,
      },
      ...{ whole: true, durationMs: 0, ...fields },
    });
  }

  promise(at: number, id: string): this {
    return this.#add(at, 'delivery.promised', { delivery: callback(id) });
  }

  at(nowMs: number, more: Partial<Story> = {}): Story {
    return { plan: this.plan, entries: this.entries, now: START + nowMs, wallNow: START + nowMs, ...more };
  }

  #add(at: number, type: string, fields: object): this {
    const entry: AnyEntry = {
      seq: this.entries.length + 1,
      at: isoAt(at),
      wallAt: isoAt(at),
      type,
      ...fields,
    };
    this.entries.push(entry);
    return this;
  }
}

/** Returns a planned callback. */
export function callback(id: string, fields: object = {}): StoryPlan['callbacks'][number] {
  const url = 'http://127.0.0.1:5000/callback';
  return { id, event: 'done', state: 'success', url, dueAt: isoAt(2000), flaw: null, ...fields };
}
