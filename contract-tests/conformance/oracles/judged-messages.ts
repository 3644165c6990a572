import type { CallbackMessage, Exchange } from './oracle.ts';
import type { OracleName } from './oracles-under-test.ts';

export type JudgedMessage = {
  readonly title: string;
  readonly verdict: 'good' | 'bad';
  /** Bad only for an oracle that closes the document; an open one must pass it. */
  readonly closedOnly?: true;
  /** Part of the `at` of a violation, to check that the message is rejected for the right reason. */
  readonly at?: string;
  /** The oracles that reject it, where the others cannot by design. */
  readonly onlyBy?: { readonly oracles: readonly OracleName[]; readonly because: string };
} & (
  | { readonly request: Exchange }
  | { readonly response: Exchange }
  | { readonly callback: CallbackMessage }
);

type Json = Readonly<Record<string, unknown>>;

const JSON_TYPE = { 'content-type': 'application/json' };
const TASK_ID = 'ee603959-debb-48d1-98c4-a6d1c717eba6';
const BEARER = { authorization: 'Bearer key-1' };
const ACCEPTED = { code: 200, msg: 'success', data: { taskId: TASK_ID } };

function submit(path: string, requestBody: unknown, change: Partial<Exchange> = {}): Exchange {
  return {
    method: 'POST',
    path,
    requestHeaders: { ...JSON_TYPE, ...BEARER },
    requestBody,
    status: 200,
    responseHeaders: JSON_TYPE,
    responseBody: ACCEPTED,
    ...change,
  };
}

function generate(change: Json = {}, exchange: Partial<Exchange> = {}): Exchange {
  const body = { prompt: 'A cat dances', duration: 5, quality: '720p', aspectRatio: '16:9', ...change };
  return submit('/api/v1/runway/generate', body, exchange);
}

function extend(change: Json = {}, exchange: Partial<Exchange> = {}): Exchange {
  return submit(
    '/api/v1/runway/extend',
    { taskId: TASK_ID, prompt: 'On', quality: '720p', ...change },
    exchange,
  );
}

function accepted(responseBody: unknown, exchange: Partial<Exchange> = {}): Exchange {
  return generate({}, { responseBody, ...exchange });
}

function look(change: Partial<Exchange>): Exchange {
  return {
    method: 'GET',
    path: `/api/v1/runway/record-detail?taskId=${TASK_ID}`,
    requestHeaders: BEARER,
    status: 200,
    responseHeaders: JSON_TYPE,
    responseBody: { code: 404, msg: 'not found' },
    ...change,
  };
}

/** Drops keys whose value is undefined, which JSON cannot represent. */
function asSent(body: Json): Json {
  return JSON.parse(JSON.stringify(body));
}

function details(task: Json, answer: Json = {}): Exchange {
  const always = { taskId: TASK_ID, parentTaskId: '', generateParam: { prompt: 'A cat' }, expireFlag: 0 };
  const responseBody = asSent({ code: 200, msg: 'success', data: { ...always, ...task }, ...answer });
  return look({ responseBody });
}

const VIDEO_INFO = {
  videoId: 'video-1',
  taskId: TASK_ID,
  videoUrl: 'https://files.example/1.mp4',
  imageUrl: 'https://files.example/1.png',
};
const SUCCEEDED = { state: 'success', generateTime: '2023-08-15 14:30:45', videoInfo: VIDEO_INFO };
const FAILED = { state: 'fail', failCode: 400, failMsg: 'The image was refused.' };

const GENERATED = {
  task_id: TASK_ID,
  video_id: 'video-1',
  video_url: 'https://files.example/1.mp4',
  image_url: 'https://files.example/1.png',
};
const NO_VIDEO = { task_id: TASK_ID, video_id: '', video_url: '', image_url: '' };

function callback(
  operationId: string,
  body: unknown,
  change: Partial<CallbackMessage> = {},
): CallbackMessage {
  return { operationId, callback: 'completed', method: 'POST', headers: JSON_TYPE, body, ...change };
}

function ended(data: Json, change: Json = {}): CallbackMessage {
  const body = { code: 200, msg: 'All generated successfully.', data, ...change };
  return callback('generate-ai-video', body);
}

function extended(data: Json, change: Json = {}): CallbackMessage {
  return callback('extend-ai-video', { code: 400, msg: 'Refused.', data, ...change });
}

const GOOD: readonly JudgedMessage[] = [
  { title: 'a text-to-video request', verdict: 'good', request: generate() },
  {
    title: 'an image-to-video request without an aspect ratio',
    verdict: 'good',
    request: submit('/api/v1/runway/generate', {
      prompt: 'A cat',
      duration: 10,
      quality: '720p',
      imageUrl: 'https://files.example/cat.png',
    }),
  },
  {
    title: 'a request with a key that the page does not list',
    verdict: 'good',
    request: generate({ seed: 7 }),
  },
  {
    title: 'a request whose content type has a charset',
    verdict: 'good',
    request: generate(
      {},
      { requestHeaders: { ...BEARER, 'Content-Type': 'application/json; charset=utf-8' } },
    ),
  },
  { title: 'an extension request', verdict: 'good', request: extend() },
  { title: 'a request for details', verdict: 'good', request: look({}) },
  { title: 'an accepted task', verdict: 'good', response: accepted(ACCEPTED) },
  {
    title: 'a refusal inside HTTP 200',
    verdict: 'good',
    response: accepted({ code: 422, msg: 'no prompt' }),
  },
  {
    title: 'a server error, whose body no page describes',
    verdict: 'good',
    response: accepted('<html>', { status: 500, responseHeaders: { 'content-type': 'text/html' } }),
  },
  { title: 'a waiting task', verdict: 'good', response: details({ state: 'wait' }) },
  { title: 'a finished task', verdict: 'good', response: details(SUCCEEDED) },
  { title: 'an expired task', verdict: 'good', response: details({ ...SUCCEEDED, expireFlag: 1 }) },
  { title: 'a failed task', verdict: 'good', response: details(FAILED) },
  { title: 'an unknown task', verdict: 'good', response: look({}) },
  { title: 'a callback about a video', verdict: 'good', callback: ended(GENERATED) },
  {
    title: 'a callback about a failure',
    verdict: 'good',
    callback: ended(NO_VIDEO, { code: 400, msg: 'Refused.' }),
  },
  {
    title: 'a callback about a continued video',
    verdict: 'good',
    callback: extended(GENERATED, { code: 200, msg: 'All generated successfully.' }),
  },
  { title: 'a callback about a failed extension', verdict: 'good', callback: extended({ task_id: TASK_ID }) },
  {
    title: 'a failed extension with the fields of a video, empty as shown on the other page',
    verdict: 'good',
    callback: extended(NO_VIDEO),
  },
  {
    title: 'a failed task without the fields of a video, as shown on the other page',
    verdict: 'good',
    callback: ended({ task_id: TASK_ID }, { code: 400, msg: 'Refused.' }),
  },
  {
    title: 'a video without its URLs, which the page marks as not required',
    verdict: 'good',
    callback: ended({ task_id: TASK_ID, video_id: 'video-1' }),
  },
  {
    title: 'another success text, because the page calls it a description',
    verdict: 'good',
    callback: ended(GENERATED, { msg: 'success' }),
  },
  {
    title: 'a failed task without a failure text, which no page requires',
    verdict: 'good',
    response: details({ ...FAILED, failMsg: undefined }),
  },
  {
    title: 'a poll of a task with a long name',
    verdict: 'good',
    request: look({ path: `/api/v1/runway/record-detail?taskId=${'a'.repeat(201)}` }),
  },
];

const BAD_REQUESTS: readonly JudgedMessage[] = [
  {
    title: 'a path that is not documented',
    verdict: 'bad',
    at: 'request',
    request: generate({}, { path: '/api/v1/runway/generat' }),
  },
  {
    title: 'a path with an extra slash',
    verdict: 'bad',
    at: 'request',
    request: generate({}, { path: '/api/v1/runway/generate/' }),
  },
  {
    title: 'a method that is not documented',
    verdict: 'bad',
    at: 'request',
    request: generate({}, { method: 'PUT' }),
  },
  {
    title: 'a duration given as a string',
    verdict: 'bad',
    at: 'body/duration',
    request: generate({ duration: '5' }),
  },
  {
    title: '10 seconds with 1080p',
    verdict: 'bad',
    at: 'body/quality',
    request: generate({ duration: 10, quality: '1080p' }),
  },
  {
    title: 'neither aspect ratio nor image',
    verdict: 'bad',
    at: 'body',
    request: submit('/api/v1/runway/generate', { prompt: 'A cat', duration: 5, quality: '720p' }),
  },
  {
    title: 'a prompt of 1801 characters',
    verdict: 'bad',
    at: 'body/prompt',
    request: generate({ prompt: 'a'.repeat(1801) }),
  },
  {
    title: 'an image URL that is not a URI',
    verdict: 'bad',
    at: 'body/imageUrl',
    request: generate({ imageUrl: 'my cat.png' }),
  },
  {
    title: 'an extension without a task',
    verdict: 'bad',
    at: 'body',
    request: submit('/api/v1/runway/extend', { prompt: 'On', quality: '720p' }),
  },
  {
    title: 'no body',
    verdict: 'bad',
    at: 'request',
    request: submit('/api/v1/runway/generate', undefined),
  },
  { title: 'an array as body', verdict: 'bad', at: 'body', request: submit('/api/v1/runway/generate', []) },
  {
    title: 'a form instead of JSON',
    verdict: 'bad',
    at: 'request',
    request: generate(
      {},
      { requestHeaders: { ...BEARER, 'content-type': 'application/x-www-form-urlencoded' } },
    ),
  },
  {
    title: 'a body of an unnamed type',
    verdict: 'bad',
    at: 'content-type',
    request: generate({}, { requestHeaders: BEARER }),
    onlyBy: {
      oracles: ['ajv', 'hyperjump'],
      because: 'Prism treats a body without a content type as one of the documented type.',
    },
  },
  {
    title: 'a body of a type that only ends in +json',
    verdict: 'bad',
    at: 'content-type',
    request: generate({}, { requestHeaders: { ...BEARER, 'content-type': 'application/vnd.api+json' } }),
    onlyBy: { oracles: ['ajv', 'hyperjump'], because: 'Prism reads only the suffix of a media type.' },
  },
  {
    title: 'no bearer token',
    verdict: 'bad',
    at: 'request',
    request: generate({}, { requestHeaders: JSON_TYPE }),
    onlyBy: {
      oracles: ['prism'],
      because: 'The schema oracles check schemas only; `security` is not a schema.',
    },
  },
  {
    title: 'a token of another scheme',
    verdict: 'bad',
    at: 'request',
    request: look({ requestHeaders: { authorization: 'Basic a2V5OjE=' } }),
    onlyBy: { oracles: ['prism'], because: '`security` is not a schema.' },
  },
  {
    title: 'a poll without a task id',
    verdict: 'bad',
    at: 'request.query',
    request: look({ path: '/api/v1/runway/record-detail' }),
  },
  {
    title: 'a poll with an empty task id',
    verdict: 'bad',
    at: 'request.query',
    request: look({ path: '/api/v1/runway/record-detail?taskId=' }),
  },
  {
    title: 'a query key in the wrong case',
    verdict: 'bad',
    at: 'request.query/taskId',
    request: look({ path: `/api/v1/runway/record-detail?taskid=${TASK_ID}` }),
    onlyBy: {
      oracles: ['ajv', 'hyperjump'],
      because: 'Prism ignores the case of parameter names.',
    },
  },
  {
    title: 'a poll with a body',
    verdict: 'bad',
    at: 'request',
    request: look({ requestHeaders: { ...BEARER, ...JSON_TYPE }, requestBody: { taskId: TASK_ID } }),
  },
];

const BAD_RESPONSES: readonly JudgedMessage[] = [
  {
    title: 'HTTP 404, which no page lists',
    verdict: 'bad',
    at: 'response',
    response: look({ status: 404 }),
  },
  {
    title: 'HTTP 201 for an accepted task',
    verdict: 'bad',
    at: 'response',
    response: accepted(ACCEPTED, { status: 201 }),
  },
  {
    title: 'an answer to a path that is not documented',
    verdict: 'bad',
    response: look({ path: '/api/v1/runway/records' }),
  },
  {
    title: 'an answer of another content type',
    verdict: 'bad',
    at: 'response',
    response: look({ responseHeaders: { 'content-type': 'text/html' } }),
  },
  {
    title: 'an answer without a content type',
    verdict: 'bad',
    at: 'response',
    response: look({ responseHeaders: {} }),
  },
  {
    title: 'an answer with an unreadable content type',
    verdict: 'bad',
    at: 'response',
    response: look({ responseHeaders: { 'content-type': 'json!' } }),
  },
  {
    title: 'an answer without a body',
    verdict: 'bad',
    at: 'body',
    response: look({ responseBody: undefined }),
  },
  {
    title: 'a code that no page lists',
    verdict: 'bad',
    at: 'body/code',
    response: accepted({ code: 201, msg: '' }),
  },
  {
    title: 'a code given as a string',
    verdict: 'bad',
    at: 'body/code',
    response: accepted({ code: '404', msg: '' }),
  },
  {
    title: 'acceptance without data',
    verdict: 'bad',
    at: 'body',
    response: accepted({ code: 200, msg: 'ok' }),
  },
  {
    title: 'a refusal with data',
    verdict: 'bad',
    at: 'body/data',
    response: accepted({ code: 422, msg: 'no', data: { taskId: TASK_ID } }),
  },
  { title: 'details without data', verdict: 'bad', at: 'body', response: details({}, { data: undefined }) },
  {
    title: 'a state of another vendor',
    verdict: 'bad',
    at: 'data/state',
    response: details({ state: 'pending' }),
  },
  { title: 'a task without a state', verdict: 'bad', at: 'data', response: details({}) },
  {
    title: 'a waiting task with a video',
    verdict: 'bad',
    at: 'data/videoInfo',
    response: details({ state: 'wait', videoInfo: VIDEO_INFO }),
  },
  {
    title: 'a finished task without a video',
    verdict: 'bad',
    at: 'data',
    response: details({ ...SUCCEEDED, videoInfo: undefined }),
  },
  {
    title: 'a finished task with a failure code',
    verdict: 'bad',
    at: 'data/failCode',
    response: details({ ...SUCCEEDED, failCode: 400 }),
  },
  {
    title: 'a video URL that is not a URI',
    verdict: 'bad',
    at: 'videoInfo/videoUrl',
    response: details({ ...SUCCEEDED, videoInfo: { ...VIDEO_INFO, videoUrl: '/1.mp4' } }),
  },
  {
    title: 'an answer with an unlisted key',
    verdict: 'bad',
    closedOnly: true,
    at: 'response.body',
    response: accepted({ ...ACCEPTED, requestId: 'r-1' }),
  },
  {
    title: 'acceptance with an unlisted key in its data',
    verdict: 'bad',
    closedOnly: true,
    at: 'response.body/data',
    response: accepted({ ...ACCEPTED, data: { taskId: TASK_ID, state: 'wait' } }),
  },
  {
    title: 'a task with an unlisted key',
    verdict: 'bad',
    closedOnly: true,
    at: 'response.body/data',
    response: details({ ...SUCCEEDED, createTime: 1692081045 }),
  },
  {
    title: 'a video with an unlisted key',
    verdict: 'bad',
    closedOnly: true,
    at: 'data/videoInfo',
    response: details({ ...SUCCEEDED, videoInfo: { ...VIDEO_INFO, width: 1280 } }),
  },
];

const BAD_CALLBACKS: readonly JudgedMessage[] = [
  {
    title: 'a video without an id',
    verdict: 'bad',
    at: 'data',
    callback: ended({ task_id: TASK_ID, video_url: GENERATED.video_url }),
  },
  {
    title: 'a failed extension with a video URL',
    verdict: 'bad',
    at: 'data/video_url',
    callback: extended({ task_id: TASK_ID, video_url: GENERATED.video_url }),
  },
  {
    title: 'a failed task with a video URL',
    verdict: 'bad',
    at: 'data/video_url',
    callback: ended({ ...NO_VIDEO, video_url: GENERATED.video_url }, { code: 500, msg: 'Error.' }),
  },
  {
    title: 'a video URL that is not a URI',
    verdict: 'bad',
    at: 'data/video_url',
    callback: ended({ ...GENERATED, video_url: 'pending' }),
  },
  { title: 'the keys of the details answer', verdict: 'bad', at: 'body/data', callback: ended(VIDEO_INFO) },
  {
    title: 'a callback that is not JSON',
    verdict: 'bad',
    at: 'callback',
    callback: callback('generate-ai-video', 'ok', { headers: { 'content-type': 'text/plain' } }),
  },
  {
    title: 'a callback without a body',
    verdict: 'bad',
    at: 'callback',
    callback: callback('extend-ai-video', undefined),
  },
  {
    title: 'a callback with another method',
    verdict: 'bad',
    at: 'callback',
    callback: { ...ended(GENERATED), method: 'PUT' },
  },
  {
    title: 'a callback that the operation does not declare',
    verdict: 'bad',
    at: 'callback',
    callback: { ...ended(GENERATED), callback: 'progress' },
  },
  {
    title: 'a callback of an operation without callbacks',
    verdict: 'bad',
    at: 'callback',
    callback: { ...ended(GENERATED), operationId: 'get-ai-video-details' },
  },
  {
    title: 'a callback with an unlisted key',
    verdict: 'bad',
    closedOnly: true,
    at: 'callback.body',
    callback: ended(GENERATED, { event: 'completed' }),
  },
  {
    title: 'a callback with an unlisted key in its data',
    verdict: 'bad',
    closedOnly: true,
    at: 'body/data',
    callback: ended({ ...GENERATED, duration: 5 }),
  },
  {
    title: 'a failed extension with an unlisted key in its data',
    verdict: 'bad',
    closedOnly: true,
    at: 'body/data',
    callback: extended({ task_id: TASK_ID, fail_code: 400 }),
  },
];

export const JUDGED_MESSAGES: readonly JudgedMessage[] = [
  ...GOOD,
  ...BAD_REQUESTS,
  ...BAD_RESPONSES,
  ...BAD_CALLBACKS,
];
