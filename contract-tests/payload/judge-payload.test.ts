import { describe, expect, it } from 'vitest';
import { createMockServer, loadPacks } from '../../mock-server/index.ts';
import '../vitest.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { judgeAnswer, judgeCallback } from './judge-payload.ts';
import { readCapture } from './read-capture.ts';

const PACKS = loadPacks();
const EVENTS = PACKS.flatMap((pack) => [...pack.events.keys()].map((event) => [event, pack] as const));

const MSG = 'All generated successfully.';

describe('a callback', () => {
  it.each(EVENTS)(
    'of %s is valid as the mock sends it, in success and in every failure',
    async (event, pack) => {
      const mock = createMockServer({ clock: 'virtual', publicUrl: 'http://127.0.0.1:9', rateLimit: 'off' });
      const scenarios = ['success', ...[...pack.failures.keys()].map((slug) => `fail.${slug}`)];
      for (const scenario of scenarios) {
        const { body } = await stagingOf(mock).stage(event, { to: 'http://127.0.0.1:9/', scenario });
        expect(judgeCallback(PACKS, event, JSON.parse(body)).problems).toEqual([]);
        expect(body).toMatchCallback(event);
      }
      await mock.close();
    },
  );

  it('that breaks the contract is reported with the field, the expected and actual value, and the page', () => {
    const data = {
      task_id: 5,
      video_id: 'v',
      video_url: 'https://a.example/v.mp4',
      image_url: 'https://a.example/i.png',
    };
    const { problems, pages } = judgeCallback(PACKS, 'runway.generate', { code: 200, msg: MSG, data });
    expect(problems).toEqual([{ at: '/data/task_id', message: 'data.task_id must be a string, got 5' }]);
    expect(pages).toEqual(['AI Video Generation Callbacks']);
    expect({ code: 200, msg: MSG, data }).not.toMatchCallback('runway.generate');
    expect(() => expect({ code: 200, msg: MSG, data }).toMatchCallback('runway.generate')).toThrow(
      'data.task_id must be a string, got 5',
    );
  });

  it('of another event is rejected', () => {
    const body = { code: 200, msg: 'ok', data: { taskId: 'a', promptJson: '{}', resultUrls: [] } };
    expect(judgeCallback(PACKS, 'runway.generate', body).problems.length).toBeGreaterThan(0);
    expect(() => judgeCallback(PACKS, 'runway.generat', body)).toThrow('unknown event "runway.generat"');
  });
});

describe('an answer', () => {
  it('is judged by operation and status', () => {
    const created = { code: 200, msg: 'success', data: { taskId: 'a' } };
    expect(created).toMatchAnswer('runway', 'generate-ai-video');
    expect(
      judgeAnswer(PACKS, 'runway', 'generate-ai-video', { code: 200, msg: 'success' }).problems,
    ).toMatchObject([{ message: 'data is required' }]);
    expect({ id: 'nobody' }).not.toMatchAnswer('replicate', 'get-prediction');
    expect({ title: 'a', detail: 'b', status: 404 }).toMatchAnswer('replicate', 'get-prediction', 404);
    expect(judgeAnswer(PACKS, 'replicate', 'get-prediction', {}, 418).problems).toMatchObject([
      { message: 'the OpenAPI document describes no body for "get-prediction" with HTTP 418' },
    ]);
    expect(() => judgeAnswer(PACKS, 'runwai', 'x', {})).toThrow('unknown pack "runwai"');
    expect(() => judgeAnswer(PACKS, 'runway', 'x', {})).toThrow('unknown operation "x"');
  });
});

describe('a capture', () => {
  it.each([
    ['{"a":1}', [{ line: 1, body: { a: 1 }, trouble: null }]],
    ['{\n  "a": 1\n}\n', [{ line: 1, body: { a: 1 }, trouble: null }]],
    [
      '{"a":1}\n\n{"a":2}\r\n',
      [
        { line: 1, body: { a: 1 }, trouble: null },
        { line: 3, body: { a: 2 }, trouble: null },
      ],
    ],
    [
      '{"a":1}\n{"a":',
      [
        { line: 1, body: { a: 1 }, trouble: null },
        { line: 2, body: undefined, trouble: expect.any(String) },
      ],
    ],
    ['{\n  "a": \n}', [{ line: 1, body: undefined, trouble: expect.any(String) }]],
    ['', []],
    [' \n\n', []],
  ])('reads %j', (text, messages) => {
    expect(readCapture(text)).toEqual(messages);
  });
});
