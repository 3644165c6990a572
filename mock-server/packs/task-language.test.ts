import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planTask } from '../core/plan.ts';
import { sampleInput, sampleScenario } from '../core/testing/sample-plan.ts';
import type { Plan, Scenario } from '../core/types.ts';
import { viewTask } from '../core/view.ts';
import { Defect } from './defect.ts';
import { compileExpression, type Language } from './expressions.ts';
import { builtInPackDirs, loadPack } from './load-pack.ts';
import { mediaFileName } from './media-values.ts';
import type { Failure, MediaKind, TaskContext } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import type { RequestParts } from './request-parts.ts';
import { REQUEST_LANGUAGE } from './request-parts.ts';
import { messageOn, taskLanguage } from './task-language.ts';

const RUNWAY = loadPack(join(PACKAGE_ROOT, 'spec/runway'));
const PAGES = ['extend', 'generate', 'detail'] as const;

type Texts = Partial<Record<(typeof PAGES)[number], string>>;

/** The failure texts on the vendor's three pages, byte for byte. */
const TEXTS: Readonly<Record<string, Texts>> = {
  'image-info': { extend: 'Get image info failed' },
  'inappropriate-content': {
    extend: 'Inappropriate content detected. Please replace the image or video',
    generate: 'Inappropriate content detected. Please replace the image or video.',
    detail: 'Inappropriate content detected. Please replace the image or video.',
  },
  'inappropriate-video': {
    detail: 'Detected inappropriate content, please try replacing the video.',
  },
  'image-format': {
    extend: 'Incorrect image format',
    generate: 'Incorrect image format.',
    detail: 'Incorrect image format',
  },
  membership: {
    extend: 'Please try again later. You can upgrade to Standard membership to start generating now',
    generate: 'Please try again later. You can upgrade to Standard membership to start generating now.',
    detail: 'Please try again later. You can upgrade to Standard membership to start generating now.',
  },
  'hd-trial': {
    detail: 'HD quality free trials complete. Subscribe now to continue creating in high resolution.',
  },
  concurrency: {
    extend: 'Reached the limit for concurrent generations',
    generate: 'Reached the limit for concurrent generations.',
    detail: 'Reached the limit for concurrent generations.',
  },
  dimensions: {
    extend: 'Unsupported width or height. Please adjust the size and try again',
    generate: 'Unsupported width or height. Please adjust the size and try again.',
    detail: 'Unsupported width or height. Please adjust the size and try again.',
  },
  'upload-network': {
    extend: 'Upload failed due to network reasons, please re-enter',
    detail: 'Upload failed due to network reasons, please re-enter',
  },
  moderator: {
    extend: 'Your prompt was caught by our AI moderator. Please adjust it and try again!',
    generate: 'Your prompt was caught by our AI moderator. Please adjust it and try again!',
    detail: 'Your prompt was caught by our AI moderator.',
  },
  'moderator-reenter': {
    detail: 'Your prompt has triggered our AI moderator, please re-enter your prompt',
  },
  'prompt-length': {
    extend:
      'Your prompt/negative prompt cannot exceed 2048 characters. Please check if your input is too long',
    detail:
      'Your prompt/negative prompt cannot exceed 2048 characters. Please check if your input is too long.',
  },
  nsfw: {
    extend:
      'Your video creation prompt contains NSFW content, which isn\u2019t allowed under our policy. Kindly revise your prompt and generate again',
    detail:
      'Your video creation prompt contains NSFW content, which isn\u0027t allowed under our policy. Kindly revise your prompt and generate again.',
  },
  internal: { detail: 'Generation failed, please try again later' },
};

function failureOf(slug: string): Failure {
  const failure = RUNWAY.failures.get(slug);
  if (failure === undefined) throw new Error(`the pack has no failure "${slug}"`);
  return failure;
}

describe('the failures of the Runway pack', () => {
  it('are exactly those of the three pages', () => {
    expect([...RUNWAY.failures.keys()].sort()).toStrictEqual(Object.keys(TEXTS).sort());
  });

  it.each(Object.entries(TEXTS))('have the bytes of each page: %s', (slug, texts) => {
    expect(failureOf(slug).messages).toStrictEqual(texts);
  });

  it.each(['documented', 'observed'])('are the same in the profile %s', (profile) => {
    const { failures } = loadPack(join(PACKAGE_ROOT, 'spec/runway'), profile);
    expect(failures).toStrictEqual(RUNWAY.failures);
  });

  it.each([
    ['extend', 0x2019],
    ['detail', 0x27],
  ])('have the same apostrophe in the NSFW text as the page %s', (page, codePoint) => {
    const text = failureOf('nsfw').messages[page] ?? '';
    expect(text.codePointAt(text.indexOf('isn') + 3)).toBe(codePoint);
    const beyondAscii = [...text].filter((letter) => (letter.codePointAt(0) ?? 0) > 0x7e);
    expect(beyondAscii).toStrictEqual(codePoint > 0x7e ? [String.fromCodePoint(codePoint)] : []);
  });

  it('have code 500 for internal errors, and 400 otherwise', () => {
    const codes = [...RUNWAY.failures.values()].filter(({ code }) => code !== 400);
    expect(codes.map(({ slug, code }) => [slug, code])).toStrictEqual([['internal', 500]]);
  });
});

const CALLBACKS: readonly (readonly [where: string, pages: readonly (typeof PAGES)[number][]])[] = [
  ['runway.generate', ['generate', 'extend', 'detail']],
  ['runway.extend', ['extend', 'generate', 'detail']],
];
const failuresAndTexts = Object.entries(TEXTS);

/** Returns the text on the first of these pages that has one. */
function firstOf(texts: Texts, pages: readonly (typeof PAGES)[number][]): string | undefined {
  return pages.map((page) => texts[page]).find((text) => text !== undefined);
}

describe('the text of a failure', () => {
  it.each(CALLBACKS)('in the callback %s comes from the first page that has one', (event, pages) => {
    for (const [slug, texts] of failuresAndTexts) {
      const body = RUNWAY.events.get(event)?.bodies.get('fail')?.(ended({ failure: slug }));
      expect(JSON.parse(body ?? '{}')).toMatchObject({
        code: slug === 'internal' ? 500 : 400,
        msg: firstOf(texts, pages),
      });
    }
  });

  it('in the answer to a poll comes from the details page if it has one', () => {
    const poll = RUNWAY.operations.find(({ type }) => type === 'poll');
    if (poll?.type !== 'poll') throw new Error('the pack has no poll operation');
    for (const [slug, texts] of failuresAndTexts) {
      const body = poll.answers.get('fail')?.(ended({ failure: slug })).body;
      expect(JSON.parse(body ?? '{}')).toMatchObject({
        data: { failCode: 400, failMsg: firstOf(texts, ['detail', 'extend', 'generate']) },
      });
    }
  });

  it('comes from the pages in order', () => {
    const failure: Failure = { ...failureOf('internal'), messages: { a: 'on a', b: 'on b', c: 'on c' } };
    expect(messageOn(failure, ['a', 'b'])).toBe('on a');
    expect(messageOn(failure, ['b', 'a'])).toBe('on b');
    expect(messageOn(failure, ['nowhere', 'c', 'a'])).toBe('on c');
  });

  it('comes from any other page when none of these has one', () => {
    const failure: Failure = { ...failureOf('internal'), messages: { only: 'here' } };
    expect(messageOn(failure, ['elsewhere'])).toBe('here');
    expect(messageOn(failure, [])).toBe('here');
  });

  it('does not come from inherited properties', () => {
    const failure: Failure = { ...failureOf('internal'), messages: { only: 'here' } };
    expect(messageOn(failure, ['constructor', 'toString', '__proto__', 'only'])).toBe('here');
  });
});

const INHERITED = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

/** Returns those of the invalid expressions that compile. */
function accepted<Context>(sources: readonly string[], language: Language<Context>): string[] {
  return sources.filter((source) => {
    try {
      compileExpression(source, language);
      return true;
    } catch (error) {
      if (error instanceof Defect) return false;
      throw error;
    }
  });
}

const VIDEO: MediaKind = {
  name: 'video',
  file: 'clip.mp4',
  idForm: 'uuid',
  kinds: null,
  countOf: null,
  lifetimeMs: null,
  readyIn: new Set(),
  most: 1,
};
const LANGUAGE = taskLanguage({
  media: new Map([['video', VIDEO]]),
  failures: RUNWAY.failures,
  messagePages: ['detail'],
  zoneOffsetMs: 0,
  idForm: 'uuid',
});

function valueIn(context: TaskContext, source: string): unknown {
  return compileExpression(source, LANGUAGE)(context);
}

describe('an expression about a task', () => {
  it('reads the plan while the task runs', () => {
    const context = at(40_000, {});
    const { plan } = context;
    expect(valueIn(context, '$task.id')).toBe(plan.taskId);
    expect(valueIn(context, '$task.kind')).toBe('generate');
    expect(valueIn(context, '$task.parentId')).toBeUndefined();
    expect(valueIn(context, '$task.submittedAt')).toBe(0);
    expect(valueIn(context, '$task.state')).toBe(context.view.state);
    expect(valueIn(context, '$task.startedAt')).toBe(plan.steps[1]?.at);
    expect(valueIn(at(0, {}), '$task.startedAt')).toBeUndefined();
    expect(valueIn(context, '$task.finishedAt')).toBeUndefined();
    expect(valueIn(context, '$task.expired')).toBe(false);
    expect(valueIn(context, '$task.progress')).toBe(context.view.progress);
    expect(valueIn(context, '$request.body#/prompt')).toBe('a cat');
    expect(valueIn(context, '$failure.code')).toBeUndefined();
    expect(valueIn(context, '$failure.message')).toBeUndefined();
  });

  it('reads the outcome after the task has ended', () => {
    const failed = ended({ failure: 'internal' });
    expect(valueIn(failed, '$task.finishedAt')).toBe(failed.plan.steps.at(-1)?.at);
    expect(valueIn(failed, '$failure.slug')).toBe('internal');
    expect(valueIn(failed, '$failure.code')).toBe(500);
    expect(valueIn(failed, '$failure.message')).toBe('Generation failed, please try again later');
    expect(valueIn(at(14 * 86_400_000 + 70_000, {}), '$task.expired')).toBe(true);
  });

  it('reads the URL of a media file by its name', () => {
    const context = ended({});
    const { taskId } = context.plan;
    expect(valueIn(context, '$media.video.url')).toBe(`http://127.0.0.1:4010/__media/${taskId}/video.mp4`);
    expect(mediaFileName(VIDEO)).toBe('video.mp4');
  });

  it('reads a stable and unique id for each media file of each task', () => {
    const context = ended({});
    const image = { ...VIDEO, name: 'image' };
    const both = taskLanguage({
      media: new Map([
        ['video', VIDEO],
        ['image', image],
      ]),
      failures: RUNWAY.failures,
      messagePages: [],
      zoneOffsetMs: 0,
      idForm: 'uuid',
    });
    const idOf = (name: string, of: TaskContext) => compileExpression(`$media.${name}.id`, both)(of);
    expect(idOf('video', context)).toBe(idOf('video', context));
    expect(idOf('video', context)).toMatch(/^[0-9a-f]{8}-/);
    const ids = [
      context.plan.taskId,
      idOf('video', context),
      idOf('image', context),
      idOf('video', ended({}, 'x')),
    ];
    expect(new Set(ids).size).toBe(4);
  });

  it('does not read inherited properties', () => {
    const roots = ['$task', '$failure', '$media', '$media.video'];
    const sources = roots.flatMap((root) => INHERITED.map((name) => `${root}.${name}`));
    expect(accepted(sources, LANGUAGE)).toStrictEqual([]);
  });

  it('does not read parts of scalar values', () => {
    const sources = [
      '$media.video.url.host',
      '$media.video.id.x',
      '$task.id.length',
      '$failure.code.x',
      '$media.video',
    ];
    expect(accepted(sources, LANGUAGE)).toStrictEqual([]);
  });
});

describe('an expression about a request', () => {
  const REQUEST: RequestParts = {
    query: (name) => (name === 'taskId' ? 'from the query' : undefined),
    header: (name) => (name === 'x-version' ? 'from a header' : undefined),
    pathParams: { id: 'from the path' },
    body: { task_id: 'from the body' },
  };
  const valueOfRequest = (source: string): unknown => compileExpression(source, REQUEST_LANGUAGE)(REQUEST);

  it.each([
    ['$request.query.taskId', 'from the query'],
    ['$request.query.other', undefined],
    ['$request.header.x-version', 'from a header'],
    ['$request.header.x-other', undefined],
    ['$request.path.id', 'from the path'],
    ['$request.path.other', undefined],
    ['$request.body#/task_id', 'from the body'],
    ['$request.body#/other', undefined],
  ])('%s evaluates to %s', (source, expected) => {
    expect(valueOfRequest(source)).toBe(expected);
  });

  it('does not read inherited properties', () => {
    const found = INHERITED.flatMap((name) => [
      valueOfRequest(`$request.path.${name}`),
      valueOfRequest(`$request.body#/${name}`),
    ]);
    expect(found.filter((value) => value !== undefined)).toStrictEqual([]);
  });

  it('does not read other parts of a request', () => {
    const sources = [
      '$request.header',
      '$request.id.x',
      '$request.query',
      '$request.query.',
      '$request',
      '$request.body',
      '$task.id',
    ];
    expect(accepted(sources, REQUEST_LANGUAGE)).toStrictEqual([]);
  });
});

describe('every built-in pack', () => {
  it.each(builtInPackDirs())('has a text for each failure on each list of pages: %s', (dir) => {
    for (const failure of loadPack(dir).failures.values()) {
      expect(Object.values(failure.messages).every((text) => text.length > 0)).toBe(true);
      expect(messageOn(failure, [])).not.toBe('');
    }
  });
});

function planOf(scenario: Partial<Scenario>, seed = 'seed'): Plan {
  const rules = RUNWAY.kinds.get('generate');
  if (rules === undefined) throw new Error('the pack has no kind "generate"');
  return planTask(
    sampleInput({
      rules,
      operation: 'generate-ai-video',
      scenario: sampleScenario(scenario),
      request: { prompt: 'a cat' },
      seed,
    }),
  );
}

function at(now: number, scenario: Partial<Scenario>, seed?: string): TaskContext {
  const plan = planOf(scenario, seed);
  return { plan, view: viewTask(plan, now) };
}

/** Returns a task after a little more than a minute, when it has ended and its media has not expired. */
function ended(scenario: Partial<Scenario>, seed?: string): TaskContext {
  return at(70_000, scenario, seed);
}
