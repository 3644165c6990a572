import { describe, expect, it } from 'vitest';
import { FAL_PAYLOADS } from '../../fixtures/payloads/fal-payloads.ts';
import { RESELLER_PAYLOADS } from '../../fixtures/payloads/reseller-payloads.ts';
import { loadPacks } from '../../mock-server/index.ts';
import { judgeAnswer, judgeCallback } from './judge-payload.ts';

/**
 * Messages as the vendors' pages and SDKs show them, each written from its source and not by the mock. Real messages
 * must pass, even where the mock sends others.
 */

const PACKS = loadPacks();

type Row = readonly [title: string, event: string, body: object];

const RUNWAY_VIDEO = {
  task_id: 'ee603959-debb-48d1-98c4-a6d1c717eba6',
  video_id: '485da89c-7fca-4340-8c04-101025b2ae71',
  video_url: 'https://file.com/k/xxxxxxx.mp4',
  image_url: 'https://file.com/m/xxxxxxxx.png',
};
const SUCCESS = 'All generated successfully.';
const { task_id: RUNWAY_ID } = RUNWAY_VIDEO;
const EMPTY = { task_id: RUNWAY_ID, video_id: '', video_url: '', image_url: '' };

const RUNWAY: readonly Row[] = [
  ['the example of the page', 'runway.generate', { code: 200, msg: SUCCESS, data: RUNWAY_VIDEO }],
  ['the example of the page', 'runway.extend', { code: 200, msg: SUCCESS, data: RUNWAY_VIDEO }],
  [
    'a task id without dashes',
    'runway.generate',
    { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, task_id: '0123456789abcdef0123456789abcdef' } },
  ],
  [
    'a success without a cover',
    'runway.generate',
    { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, image_url: undefined } },
  ],
  ['a success with another message', 'runway.extend', { code: 200, msg: 'success', data: RUNWAY_VIDEO }],
  [
    'a failure with empty fields',
    'runway.generate',
    { code: 400, msg: 'Incorrect image format.', data: EMPTY },
  ],
  [
    'a failure with only an id',
    'runway.extend',
    { code: 400, msg: 'Get image info failed', data: { task_id: RUNWAY_ID } },
  ],
  [
    'a failure as shown on the other page',
    'runway.generate',
    { code: 500, msg: 'Generation failed, please try again later', data: { task_id: RUNWAY_ID } },
  ],
  ['a failure as shown on the other page', 'runway.extend', { code: 500, msg: 'x', data: EMPTY }],
  [
    'a key that no page mentions',
    'runway.generate',
    { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, duration: 5 } },
  ],
];

const LUMA_DATA = {
  taskId: '774d9a7dd608a0e49293903095e45a4c',
  promptJson:
    '{"callBackUrl":"https://a.example/cb","prompt":"A city","videoUrl":"https://a.example/v.mp4","waterMark":""}',
  resultUrls: ['https://tempfile.example/l/f782018c.mp4'],
};
const LUMA: readonly Row[] = [
  [
    'the example of the page',
    'luma.modify',
    { code: 200, msg: 'Modify record generated successfully.', data: LUMA_DATA },
  ],
  [
    'two results',
    'luma.modify',
    {
      code: 200,
      msg: 'ok',
      data: { ...LUMA_DATA, resultUrls: [LUMA_DATA.resultUrls[0], 'https://a.example/2.mp4'] },
    },
  ],
  [
    'a success without the request',
    'luma.modify',
    { code: 200, msg: 'ok', data: { ...LUMA_DATA, promptJson: undefined } },
  ],
  [
    'a failure',
    'luma.modify',
    { code: 500, msg: 'Modify record generation failed.', data: { taskId: 'a', promptJson: '{}' } },
  ],
  ['a failure without the request', 'luma.modify', { code: 500, msg: 'x', data: { taskId: 'a' } }],
];

const COMET_TASK = {
  task_id: '4156043d-9ea5-47c5-9e38-3f8446a0b20d',
  status: '3',
  prompt: 'Children playing in the snow',
  video_url: 'https://a.example/v.mp4',
  poster: 'https://a.example/p.png',
  last_frame: 'https://a.example/l.png',
  msg: null,
  create_time: 1_741_000_000,
  update_time: 1_741_000_060,
};
const COMET: readonly Row[] = [
  ['the bare task', 'cometapi.generate', COMET_TASK],
  ['a failure', 'cometapi.generate', { ...COMET_TASK, status: '2', video_url: '', msg: 'Generation failed' }],
  [
    'progress',
    'cometapi.generate',
    { ...COMET_TASK, status: '1', video_url: '', poster: '', last_frame: '' },
  ],
  [
    'a task with few fields',
    'cometapi.generate',
    { task_id: 'a', status: '3', video_url: 'https://a.example/v' },
  ],
];

/** Variants of the SDK's Generation type. */
const GENERATION = {
  id: '123e4567-e89b-12d3-a456-426614174000',
  generation_type: 'video',
  state: 'completed',
  failure_reason: null,
  created_at: '2025-01-01T00:00:00.000Z',
  assets: { video: 'https://storage.example/v.mp4' },
  model: 'ray-2',
  request: {
    model: 'ray-2',
    prompt: 'A lake',
    keyframes: { frame0: { type: 'image', url: 'https://a.example/i.jpg' } },
  },
};
const { assets: _assets, failure_reason: _reason, ...UNFINISHED } = GENERATION;
const DREAM: readonly Row[] = [
  ['a completed video', 'dream-machine.generation', GENERATION],
  [
    'a dreaming task with nulls',
    'dream-machine.generation',
    { ...GENERATION, state: 'dreaming', assets: null },
  ],
  ['a dreaming task with omitted fields', 'dream-machine.generation', { ...UNFINISHED, state: 'dreaming' }],
  ['a failure', 'dream-machine.generation', { ...UNFINISHED, state: 'failed', failure_reason: 'Flagged' }],
  ['a failure without a reason', 'dream-machine.generation', { ...UNFINISHED, state: 'failed' }],
  [
    'progress of a video',
    'dream-machine.generation',
    { ...GENERATION, state: 'dreaming', assets: { progress_video: 'https://a.example/p.mp4' } },
  ],
  [
    'an image with its references',
    'dream-machine.generation',
    {
      ...GENERATION,
      generation_type: 'image',
      assets: { image: 'https://a.example/i.jpg' },
      request: { model: 'photon-1', style_ref: [{ url: 'https://a.example/s.jpg', weight: 0.8 }] },
    },
  ],
  [
    'an upscaled video',
    'dream-machine.generation',
    { ...GENERATION, model: undefined, request: { generation_type: 'upscale_video', resolution: '4k' } },
  ],
  [
    'added sound',
    'dream-machine.generation',
    { ...GENERATION, request: { generation_type: 'add_audio', prompt: 'Waves' } },
  ],
  ['the minimum that the type allows', 'dream-machine.generation', { id: 'a', state: 'completed' }],
];

/** The webhook shown on the vendor's page. */
const WEBHOOK = {
  id: 'ufawqhfynnddngldkgtslldrkq',
  version: '5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa',
  created_at: '2022-04-26T22:13:06.224088Z',
  started_at: null,
  completed_at: null,
  status: 'starting',
  input: { text: 'Alice' },
  output: null,
  error: null,
  logs: null,
  metrics: {},
};
const ENDED = {
  ...WEBHOOK,
  status: 'succeeded',
  started_at: '2022-04-26T22:13:07.224088Z',
  completed_at: '2022-04-26T22:13:16.224088Z',
  logs: 'Using seed: 1\n',
};
const [IMAGE_1, IMAGE_2] = [
  'https://replicate.delivery/a/out-0.png',
  'https://replicate.delivery/a/out-1.png',
];
const EVENT = 'replicate.prediction';
const REPLICATE: readonly Row[] = [
  ['the example of the page', EVENT, WEBHOOK],
  ['an output that is a URL', EVENT, { ...ENDED, output: IMAGE_1 }],
  ['an output that is a list', EVENT, { ...ENDED, output: [IMAGE_1, IMAGE_2] }],
  ['an output that is an object', EVENT, { ...ENDED, output: { video: IMAGE_1, scores: [0.5, 1] } }],
  ['an output that is a number', EVENT, { ...ENDED, output: 0.75 }],
  ['an output that is empty', EVENT, { ...ENDED, output: null }],
  ['a partial output', EVENT, { ...WEBHOOK, status: 'processing', output: ['Once', ' upon'] }],
  [
    'metrics of a model',
    EVENT,
    { ...ENDED, output: 'x', metrics: { predict_time: 9.2, total_time: 10, input_token_count: 12 } },
  ],
  ['a failure', EVENT, { ...ENDED, status: 'failed', error: 'NSFW content detected.' }],
  [
    'a failure whose error is not a string',
    EVENT,
    { ...ENDED, status: 'failed', error: { code: 'E1001', detail: 'out of memory' } },
  ],
  ['a prediction that was aborted', EVENT, { ...ENDED, status: 'aborted' }],
  [
    'missing optional fields',
    EVENT,
    { id: 'a', version: 'hidden', status: 'canceled', input: {}, created_at: ENDED.created_at },
  ],
  [
    "all fields of the SDK's type",
    EVENT,
    {
      ...ENDED,
      model: 'acme/video',
      source: 'web',
      data_removed: false,
      deadline: '2022-04-26T23:13:06Z',
      deployment: 'acme/video',
      webhook: 'https://a.example/hook',
      webhook_events_filter: ['start', 'completed'],
      urls: {
        get: 'https://api.replicate.com/v1/predictions/ufawqhfynnddngldkgtslldrkq',
        cancel: 'https://api.replicate.com/v1/predictions/ufawqhfynnddngldkgtslldrkq/cancel',
        stream: 'https://stream.replicate.com/v1/files/a',
        web: 'https://replicate.com/p/ufawqhfynnddngldkgtslldrkq',
      },
    },
  ],
];

const GOOD = [...RUNWAY, ...LUMA, ...COMET, ...DREAM, ...REPLICATE, ...FAL_PAYLOADS, ...RESELLER_PAYLOADS];

/** Encodes and decodes the value as sending it would. */
function sent(body: object): unknown {
  return JSON.parse(JSON.stringify(body));
}

describe('a callback that a vendor sends', () => {
  it.each(GOOD)('meets the contract: %s (%s)', (_title, event, body) => {
    expect(judgeCallback(PACKS, event, sent(body)).problems).toEqual([]);
  });

  it('has several examples for every event', () => {
    for (const event of PACKS.flatMap(({ events }) => [...events.keys()])) {
      expect(GOOD.filter(([, name]) => name === event).length).toBeGreaterThanOrEqual(4);
    }
  });
});

describe('a callback that no vendor sends', () => {
  it.each<readonly [title: string, event: string, body: object, at: string]>([
    [
      'a success without an id',
      'runway.generate',
      { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, task_id: undefined } },
      '/data',
    ],
    [
      'an id under another name',
      'runway.extend',
      { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, task_id: undefined, taskId: RUNWAY_ID } },
      '/data',
    ],
    ['a failure with a video', 'runway.generate', { code: 400, msg: 'x', data: RUNWAY_VIDEO }, '/code'],
    ['a code as a string', 'runway.generate', { code: '200', msg: SUCCESS, data: RUNWAY_VIDEO }, '/code'],
    [
      'a URL field that is not a URL',
      'runway.extend',
      { code: 200, msg: SUCCESS, data: { ...RUNWAY_VIDEO, video_url: 'v.mp4' } },
      '/data/video_url',
    ],
    ['a success without results', 'luma.modify', { code: 200, msg: 'ok', data: { taskId: 'a' } }, '/data'],
    [
      'the request as an object',
      'luma.modify',
      { code: 200, msg: 'ok', data: { ...LUMA_DATA, promptJson: {} } },
      '/data/promptJson',
    ],
    ['a status as a number', 'cometapi.generate', { ...COMET_TASK, status: 3 }, '/status'],
    ['a task in an envelope', 'cometapi.generate', { code: 200, data: COMET_TASK }, ''],
    [
      'a state of another vendor',
      'dream-machine.generation',
      { ...GENERATION, state: 'succeeded' },
      '/state',
    ],
    [
      'assets that are a list',
      'dream-machine.generation',
      { ...GENERATION, assets: ['https://a.example/v.mp4'] },
      '/assets',
    ],
    ['a prediction without an id', EVENT, { ...WEBHOOK, id: undefined }, ''],
    ['a prediction without a status', EVENT, { ...WEBHOOK, status: undefined }, ''],
    ['a status of another vendor', EVENT, { ...WEBHOOK, status: 'completed' }, '/status'],
    ['an input that is a string', EVENT, { ...WEBHOOK, input: 'Alice' }, '/input'],
    ['logs that are a list', EVENT, { ...WEBHOOK, logs: ['Using seed: 1'] }, '/logs'],
  ])('breaks the contract: %s (%s)', (_title, event, body, at) => {
    const { problems } = judgeCallback(PACKS, event, sent(body));
    expect(problems.map((problem) => problem.at)).toContain(at);
  });
});

const RUNWAY_TASK = { id: 'a', createdAt: '2025-01-01T00:00:00Z' };
const WHOLE = {
  ...ENDED,
  output: [IMAGE_1],
  model: 'acme/video',
  source: 'api',
  data_removed: false,
  urls: { get: 'https://a.example/g', cancel: 'https://a.example/c' },
};

describe('an answer that a vendor gives', () => {
  it.each<readonly [pack: string, operation: string, body: object]>([
    ['runwayml', 'retrieve-task', { ...RUNWAY_TASK, status: 'PENDING', estimatedCost: { credits: 5 } }],
    [
      'runwayml',
      'retrieve-task',
      { ...RUNWAY_TASK, status: 'RUNNING', estimatedCost: { credits: 5 }, progress: 0.5 },
    ],
    ['runwayml', 'retrieve-task', { ...RUNWAY_TASK, status: 'SUCCEEDED', cost: { credits: 5 }, output: [] }],
    ['runwayml', 'retrieve-task', { ...RUNWAY_TASK, status: 'FAILED', cost: { credits: 0 }, failure: 'x' }],
    ['replicate', 'get-prediction', WHOLE],
    ['replicate', 'list-predictions', { next: null, previous: null, results: [WHOLE] }],
    ['replicate', 'list-predictions', { results: [] }],
    ['dream-machine', 'get-generation', UNFINISHED],
    ['dream-machine', 'list-generations', { generations: [GENERATION] }],
    ['runway', 'get-ai-video-details', { code: 200, msg: 'success', data: { taskId: 'a', state: 'wait' } }],
    ['runway', 'get-ai-video-details', { code: 404, msg: 'The resource does not exist' }],
    ['luma', 'get-luma-modify-details', { code: 200, msg: 'success', data: { taskId: 'a', successFlag: 0 } }],
    ['cometapi', 'feed', { task_id: 'a', status: 'PROCESSING', progress: '42%' }],
    ['cometapi', 'feed', { task_id: 'a' }],
  ])('meets the contract: %s %s', (pack, operation, body) => {
    expect(judgeAnswer(PACKS, pack, operation, sent(body)).problems).toEqual([]);
  });

  it.each<readonly [pack: string, operation: string, body: object]>([
    ['runwayml', 'retrieve-task', { ...RUNWAY_TASK, status: 'RUNNING', estimatedCost: { credits: 5 } }],
    ['runwayml', 'retrieve-task', { ...RUNWAY_TASK, status: 'SUCCEEDED', cost: { credits: 5 } }],
    ['replicate', 'get-prediction', WEBHOOK],
    ['dream-machine', 'list-generations', { data: [GENERATION] }],
    [
      'runway',
      'get-ai-video-details',
      { code: 200, msg: 'success', data: { taskId: 'a', state: 'success' } },
    ],
    ['luma', 'get-luma-modify-details', { code: 200, msg: 'success', data: { taskId: 'a', successFlag: 1 } }],
    ['cometapi', 'feed', { status: 'SUCCESS' }],
  ])('breaks the contract where its source says so: %s %s', (pack, operation, body) => {
    expect(judgeAnswer(PACKS, pack, operation, sent(body)).problems).not.toEqual([]);
  });
});
