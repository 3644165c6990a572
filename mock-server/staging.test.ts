import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMockServer, loadPacks, type MockServer } from './index.ts';
import { stagingOf } from './staging.ts';

const TO = 'http://127.0.0.1:9/callback';

let mock: MockServer;
beforeEach(() => {
  mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual', secret: 'whsec_c2VjcmV0' });
});
afterEach(() => mock.close());

describe('the callbacks of a staged task', () => {
  const expected: Readonly<Record<string, readonly [string, boolean][]>> = {
    'runway.generate': [['success', true]],
    'dream-machine.generation': [
      ['dreaming', false],
      ['completed', true],
    ],
    'replicate.prediction': [
      ['starting', false],
      ['processing', false],
      ['succeeded', true],
      ['succeeded', true],
    ],
  };

  it.each(Object.entries(expected))('are all callbacks of the pack in order: %s', async (event, order) => {
    const { callbacks, body, headers } = await stagingOf(mock).stage(event, { to: TO });
    expect(callbacks.map(({ state, isFinal }) => [state, isFinal])).toEqual(order);
    expect(callbacks.at(-1)).toMatchObject({ body, headers });
  });

  it('contain their state and the same task id', async () => {
    const { taskId, callbacks } = await stagingOf(mock).stage('dream-machine.generation', { to: TO });
    const said = callbacks.map(
      ({ body }) => JSON.parse(body) as { id: string; state: string; assets: unknown },
    );
    expect(said.map(({ id, state }) => [id, state])).toEqual([
      [taskId, 'dreaming'],
      [taskId, 'completed'],
    ]);
    expect(said.map(({ assets }) => assets !== null)).toEqual([false, true]);
  });

  const events = loadPacks().flatMap(({ events }) => [...events.keys()]);
  it.each(events)('contain the id that receivers know: %s', async (event) => {
    const { taskId, namedId, body } = await stagingOf(mock).stage(event, { to: 'http://127.0.0.1:9/' });
    expect(body).toContain(namedId);
    if (namedId !== taskId) expect(body).not.toContain(JSON.stringify(taskId));
  });

  it('are those of a failure if the task fails', async () => {
    const staged = await stagingOf(mock).stage('dream-machine.generation', {
      to: TO,
      scenario: 'fail.moderation',
    });
    expect(staged.callbacks.map(({ state }) => state)).toEqual(['dreaming', 'failed']);
  });

  it('have different ids and signatures', async () => {
    const { callbacks } = await stagingOf(mock).stage('replicate.prediction', { to: TO });
    const ids = callbacks.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(callbacks.length);
    for (const { headers, body, seal } of callbacks) {
      const again = seal(`${body} `);
      expect(again['webhook-id']).toBe(headers['webhook-id']);
      expect(again['webhook-signature']).not.toBe(headers['webhook-signature']);
    }
  });

  it('are only those that the request subscribes to', async () => {
    const request = { webhook_events_filter: ['start', 'completed'] };
    const { callbacks } = await stagingOf(mock).stage('replicate.prediction', { to: TO, request });
    expect(callbacks.map(({ state }) => state)).toEqual(['starting', 'succeeded']);
  });
});

describe('a request merged into the sample', () => {
  const prompt = 'Ein „Turm“ \u{1f3ac} \u2028 \\ "';

  it('is echoed in callbacks that contain the input', async () => {
    const request = { input: { prompt, seed: 7 } };
    const { body } = await stagingOf(mock).stage('replicate.prediction', { to: TO, request });
    expect(JSON.parse(body)).toMatchObject({ input: { prompt, seed: 7 } });
  });

  it('keeps the other fields of the sample', async () => {
    const { body } = await stagingOf(mock).stage('luma.modify', { to: TO, request: { prompt } });
    const { data } = JSON.parse(body) as { data: { promptJson: string } };
    expect(JSON.parse(data.promptJson)).toMatchObject({
      prompt,
      callBackUrl: TO,
      videoUrl: expect.stringContaining('://'),
    });
  });

  it('must be valid according to the document', async () => {
    const tooLong = stagingOf(mock).stage('runway.generate', {
      to: TO,
      request: { prompt: 'x'.repeat(1801) },
    });
    await expect(tooLong).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message: expect.stringContaining('prompt'),
    });
    expect(mock.tasks.all()).toEqual([]);
  });
});

describe('the staging of a mock', () => {
  it('exists only for mocks of createMockServer()', () => {
    expect(() => stagingOf(Object.create(mock))).toThrow('the mock was not created by createMockServer()');
  });

  it('composes the callback of an existing task without sending it', async () => {
    const { id } = await mock.tasks.trigger('runway.generate', { to: TO, scenario: 'callback.never' });
    const { event, url, body } = stagingOf(mock).compose(id);
    expect([event, url]).toEqual(['runway.generate', TO]);
    expect(JSON.parse(body)).toMatchObject({ data: { task_id: id } });
    expect(mock.tasks.get(id)?.deliveries.flatMap(({ attempts }) => attempts)).toEqual([]);
    expect(() => stagingOf(mock).compose('none')).toThrow('task "none" does not exist');
  });
});
