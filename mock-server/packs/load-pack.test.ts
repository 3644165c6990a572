import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodedError } from '../core/coded-error.ts';
import { builtInPackDirs, loadPack, loadPackAfresh } from './load-pack.ts';
import { PackError } from './pack-error.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const RUNWAY = join(PACKAGE_ROOT, 'spec/runway');
const LIFECYCLE = 'lifecycle.yaml';
const DOCUMENT = 'openapi.yaml';

describe('a built-in pack', () => {
  it('is found', () => {
    expect(builtInPackDirs()).toContain(RUNWAY);
  });

  it.each(builtInPackDirs())('loads in every profile: %s', (dir) => {
    const { name, profiles } = loadPack(dir);
    expect(profiles.length).toBeGreaterThan(0);
    for (const profile of profiles) {
      for (const pack of [loadPack(dir, profile), loadPackAfresh(dir, profile)]) {
        expect(pack).toMatchObject({ name, profile, profiles, dir });
        const roles = pack.operations.map(({ type }) => type);
        expect(roles).toEqual(expect.arrayContaining(['submit', 'poll']));
      }
    }
  });

  it.each(builtInPackDirs())('has its first profile by default: %s', (dir) => {
    const pack = loadPack(dir);
    expect(pack.profile).toBe(pack.profiles[0]);
  });
});

describe('the Runway pack', () => {
  it('has the values of its file in the profile documented', () => {
    const pack = loadPack(RUNWAY);
    expect(pack.profiles).toStrictEqual(['documented', 'observed']);
    expect(pack.operations.map(({ id, method, path }) => [id, method, path])).toStrictEqual([
      ['generate-ai-video', 'POST', '/api/v1/runway/generate'],
      ['extend-ai-video', 'POST', '/api/v1/runway/extend'],
      ['get-ai-video-details', 'GET', '/api/v1/runway/record-detail'],
    ]);
    expect(pack.kinds.get('generate')).toStrictEqual({
      pack: 'runway',
      kind: 'generate',
      idForm: 'uuid',
      idPath: null,
      steps: [
        { state: 'wait', minMs: 1000, maxMs: 3000, waitsForSlot: false, holdsSlot: false },
        { state: 'queueing', minMs: 2000, maxMs: 8000, waitsForSlot: true, holdsSlot: false },
        { state: 'generating', minMs: 30_000, maxMs: 50_000, waitsForSlot: false, holdsSlot: true },
      ],
      ends: { success: 'success', failure: 'fail', failures: {}, abandoned: null, canceled: null },
      faultStates: { unknown: 'queuing', unready: 'success-unready' },
      visibleAfterMs: 0,
      mediaLifetimeMs: 14 * 86_400_000,
      notVisibleForMs: 5000,
      lateByMs: 600_000,
      concurrencyFailure: 'concurrency',
      waitsWithoutEnd: false,
    });
    expect(pack.delivery).toStrictEqual({
      ackTimeoutMs: 15_000,
      ackStatus: '200',
      ackBody: null,
      endsRetries: null,
      retries: 3,
      retriesFor: {},
      gapsMs: [30_000, 60_000, 120_000],
      gapJitter: 0,
    });
    expect([...pack.events.keys()]).toStrictEqual(['runway.generate', 'runway.extend']);
  });

  it('has the ids, unknown-task answer and parent rules of the profile observed', () => {
    const pack = loadPack(RUNWAY, 'observed');
    const extend = pack.operations.find(({ id }) => id === 'extend-ai-video');
    expect(pack.kinds.get('extend')?.idForm).toBe('hex32');
    expect(pack.errors.forRole('unknownTask')).toStrictEqual({
      status: 200,
      body: '{"code":200,"msg":"success","data":null}',
      error: '404',
    });
    expect(extend).toMatchObject({
      parent: {
        pointer: '/taskId',
        rules: {
          whenUnknown: { type: 'fail', slug: 'image-info' },
          whenUnfinished: { type: 'fail', slug: 'image-info' },
          whenFailed: { type: 'fail', slug: 'image-info' },
          whenExpired: { type: 'fail', slug: 'image-info' },
        },
      },
    });
  });

  it('refuses unusable parents in the profile documented', () => {
    const extend = loadPack(RUNWAY).operations.find(({ id }) => id === 'extend-ai-video');
    expect(extend).toMatchObject({
      parent: {
        rules: {
          whenUnknown: { type: 'refuse', role: 'unknownTask', because: null },
          whenUnfinished: {
            type: 'refuse',
            role: 'invalid',
            because: 'taskId names a task that has not succeeded',
          },
          whenFailed: { type: 'refuse', role: 'invalid', because: 'taskId names a task that failed' },
          whenExpired: {
            type: 'refuse',
            role: 'invalid',
            because: 'taskId names a task whose video has expired',
          },
        },
      },
    });
  });

  it('finds the callback URL, the prompt and the parent in a request', () => {
    const [generate, extend] = loadPack(RUNWAY).operations;
    const request = { callBackUrl: 'http://127.0.0.1/', prompt: 'a cat', taskId: 'parent' };
    if (generate?.type !== 'submit' || extend?.type !== 'submit') throw new Error('two submissions expected');
    expect(generate.callbackUrlPointer).toBe('/callBackUrl');
    expect(generate.callbackUrlOf(request)).toBe('http://127.0.0.1/');
    expect(generate.callbackUrlOf({ callbackUrl: 'http://127.0.0.1/' })).toBeUndefined();
    expect(generate.promptPointer).toBe('/prompt');
    expect(generate.promptOf(request)).toBe('a cat');
    expect(generate.parent).toBeNull();
    expect(extend.parent?.idOf(request, null)).toBe('parent');
  });

  it('rejects an unknown profile with a list of its profiles', () => {
    const load = () => loadPack(RUNWAY, 'dreamt');
    expect(load).toThrow(CodedError);
    expect(load).toThrow(
      expect.objectContaining({
        code: 'PROFILE_UNKNOWN',
        message: 'pack "runway" has no profile "dreamt"',
        remedy: 'Its profiles are documented, observed.',
      }),
    );
  });
});

/** The place of a problem: the file, and a text that occurs only on its line. */
type Place = readonly [file: string, text: string];
type Edit = readonly [file: string, from: string, to: string];

interface Breakage {
  readonly title: string;
  readonly edits: readonly Edit[];
  readonly profile?: string;
  readonly problems: readonly (readonly [place: Place, says: string])[];
  /** Whether further problems may follow from those above. */
  readonly more?: true;
}

let home = '';
let copies = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-packs-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function copyOfRunway(edits: readonly Edit[] = []): string {
  const dir = join(home, `pack-${copies++}`);
  cpSync(RUNWAY, dir, { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(dir, file);
    const pieces = readFileSync(path, 'utf8').split(from);
    if (pieces.length !== 2)
      throw new Error(`${file} contains this ${pieces.length - 1} times, not once: ${from}`);
    writeFileSync(path, pieces.join(to));
  }
  return dir;
}

function folderWith(lifecycle: string): string {
  const dir = join(home, `pack-${copies++}`);
  mkdirSync(dir);
  writeFileSync(join(dir, LIFECYCLE), lifecycle);
  return dir;
}

function lineOf(dir: string, [file, text]: Place): number {
  const lines = readFileSync(join(dir, file), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (`\n${line}\n`.includes(text) ? index + 1 : []));
  if (found.length !== 1) throw new Error(`${file} contains ${found.length} lines with: ${text}`);
  return found[0] ?? 0;
}

/** Returns the problems with which a broken pack is rejected. */
function problemsOf(dir: string, profile: string | null = null): PackError['problems'] {
  try {
    loadPack(dir, profile);
  } catch (error) {
    if (error instanceof PackError) return error.problems;
    throw error;
  }
  throw new Error('the pack loads');
}

/** Loads a broken copy, and returns its problems and their expected places. */
function breakRunway({ edits, profile, problems, more }: Breakage) {
  const dir = copyOfRunway(edits);
  const found = problemsOf(dir, profile);
  return {
    found: more ? found.slice(0, problems.length) : found,
    places: problems.map(([place]) => ({ file: join(dir, place[0]), line: lineOf(dir, place) })),
  };
}

const edit = (from: string, to: string): Edit => [LIFECYCLE, from, to];
const inDocument = (from: string, to: string): Edit => [DOCUMENT, from, to];
const at = (text: string): Place => [LIFECYCLE, text];
const OBSERVED_ID = 'task: { id: hex32 }';

const BROKEN: readonly Breakage[] = [
  {
    title: 'a key is missing at the top level',
    edits: [edit('title: Runway video API (Apikley and other resellers)\n', '')],
    problems: [[at('# yaml-language-server'), '"title" is missing']],
  },
  {
    title: 'a key is missing in braces',
    edits: [
      edit(
        '{ title: Get AI Video Details, source: runway-record-detail }',
        '{ title: Get AI Video Details }',
      ),
    ],
    problems: [[at('Get AI Video Details'), '/pages/detail: "source" is missing']],
  },
  {
    title: 'a key is misspelled',
    edits: [edit('  ackStatus: ', '  ackStatuses: 1\n  ackStatus: ')],
    problems: [[at('ackStatuses'), '/delivery/ackStatuses: unknown key "ackStatuses"']],
  },
  {
    title: 'a duration is written in words',
    edits: [edit('ackTimeout: 15s', 'ackTimeout: 15 seconds')],
    problems: [[at('ackTimeout: 15 seconds'), '(for example, 15s or 2m or 14d), got "15 seconds"']],
  },
  {
    title: 'a duration has no unit',
    edits: [edit('gaps: [30s, 60s, 120s]', 'gaps: [30s, 60, 120s]')],
    problems: [[at('gaps: ['), '/delivery/gaps/1: must be a string (for example, 15s']],
  },
  {
    title: 'a range has no end',
    edits: [edit('lasts: 30s..50s', 'lasts: 30s..')],
    problems: [[at('lasts: 30s..,'), '(for example, 5s or 30s..50s), got "30s.."']],
  },
  {
    title: 'a range is reversed',
    edits: [edit('lasts: 30s..50s', 'lasts: 50s..30s')],
    problems: [
      [at('50s..30s'), '/kinds/generate/steps/2/lasts: "50s..30s" is reversed; expected shortest..longest'],
    ],
  },
  {
    title: 'a number is too small',
    edits: [edit('retries: 3', 'retries: -1')],
    problems: [[at('retries: -1'), '/delivery/retries: must be >= 0, got -1']],
  },
  {
    title: 'a list is empty',
    edits: [edit('gaps: [30s, 60s, 120s]', 'gaps: []')],
    problems: [[at('gaps: []'), 'must not have fewer than 1 items, got []']],
  },
  {
    title: 'a time zone is a name',
    edits: [edit("'+00:00'", 'UTC')],
    problems: [[at('timeZone: UTC'), '/task/timeZone: must match']],
  },
  {
    title: 'an operation has an unknown role',
    edits: [edit('does: poll', 'does: poke')],
    problems: [[at('does: poke'), ', got "poke"']],
  },
  {
    title: 'a kind is unknown',
    edits: [edit('kind: extend\n', 'kind: extension\n')],
    problems: [
      [
        at('kind: extension'),
        '/operations/extend-ai-video/kind: kind "extension" does not exist; expected one of generate, extend',
      ],
    ],
    more: true,
  },
  {
    title: 'an event is unknown',
    edits: [edit('event: runway.extend\n', 'event: runway.extension\n')],
    problems: [
      [
        at('event: runway.extension'),
        '/event: event "runway.extension" does not exist; expected one of runway.generate, runway.extend',
      ],
    ],
    more: true,
  },
  {
    title: 'a concurrency failure is unknown',
    edits: [edit('concurrencyFailure: concurrency', 'concurrencyFailure: crowd')],
    problems: [
      [at('crowd'), 'failure "crowd" does not exist; expected one of image-info, inappropriate-content,'],
    ],
  },
  {
    title: 'a failure text has an unknown page',
    edits: [edit('extend: Get image info failed', 'extension: Get image info failed')],
    problems: [
      [
        at('Get image info failed'),
        '/failures/image-info/messages/extension: page "extension" does not exist; expected one of generate, extend, detail, request',
      ],
    ],
  },
  {
    title: 'a failure text has a numeric page',
    edits: [edit('extend: Get image info failed', '7: Get image info failed')],
    problems: [[at('7: Get image info failed'), '/failures/image-info/messages/7: page "7" does not exist']],
  },
  {
    title: 'a value at an anchor is invalid, once for each alias',
    edits: [
      edit('whenUnknown: { refuse: unknownTask }', 'whenUnknown: &rule { refuse: nobody }'),
      edit('whenFailed: { refuse: invalid, because: taskId names a task that failed }', 'whenFailed: *rule'),
    ],
    problems: [
      [at('&rule'), '/kinds/extend/parent/whenUnknown/refuse: expected one of unauthorized, invalid,'],
      [at('&rule'), '/kinds/extend/parent/whenFailed/refuse: expected one of unauthorized, invalid,'],
    ],
  },
  {
    title: 'the texts of an answer come from an unknown page',
    edits: [edit('[detail, extend, generate]', '[detail, extended, generate]')],
    problems: [[at('[detail, extended, generate]'), '/messages/1: page "extended" does not exist']],
  },
  {
    title: 'a fact names an unknown page',
    edits: [
      edit(
        'at: /task/timeZone\n    grade: assumed\n    pages: [detail]',
        'at: /task/timeZone\n    grade: assumed\n    pages: [details]',
      ),
    ],
    problems: [[at('pages: [details]'), '/pages/0: page "details" does not exist']],
  },
  {
    title: 'a fact points to a missing value',
    edits: [edit('at: /delivery/gaps', 'at: /delivery/gap')],
    problems: [[at('at: /delivery/gap'), '"/delivery/gap" does not exist in this file']],
  },
  {
    title: 'a documented fact does not name a page',
    edits: [
      edit(
        'grade: documented\n    pages: [extend]\n    headings: { extend: Troubleshooting }\n',
        'grade: documented\n    headings: { extend: Troubleshooting }\n',
      ),
    ],
    problems: [[at('Only HTTP 200 acknowledges'), '"pages" is missing']],
  },
  {
    title: 'a documented fact does not name a heading',
    edits: [edit('    headings: { extend: Troubleshooting }\n', '')],
    problems: [[at('Only HTTP 200 acknowledges'), '"headings" is missing']],
  },
  {
    title: 'a documented fact does not name a heading on one of its pages',
    edits: [
      edit(
        'headings: { generate: Alternative Solution, extend: Alternative Approach }',
        'headings: { generate: Alternative Solution }',
      ),
    ],
    problems: [
      [
        at('headings: { generate: Alternative Solution }'),
        'a documented fact must name its heading on page "extend"',
      ],
    ],
  },
  {
    title: 'a fact has a heading on another page',
    edits: [
      edit('headings: { extend: Troubleshooting }', 'headings: { extend: Troubleshooting, detail: X }'),
    ],
    problems: [[at('Troubleshooting, detail: X'), '"detail" is not one of the pages of this fact']],
  },
  {
    title: 'an unreachable state has an answer',
    edits: [edit('      queueing: *pending\n', '      queueing: *pending\n      zombie: *pending\n')],
    problems: [[at('zombie: *pending'), 'no task reaches state "zombie"']],
  },
  {
    title: 'a code has an unknown role',
    edits: [edit('when: [rateLimited]', 'when: [tooFast]')],
    problems: [
      [
        at('tooFast'),
        'expected one of unauthorized, invalid, unknownTask, unknownRoute, methodNotAllowed, notMocked, rateLimited, maintenance, mediaUnreachable, duplicateAlias, internal, got "tooFast"',
      ],
    ],
  },
  {
    title: 'an expression has an unknown field of a task',
    edits: [edit('state: $task.state', 'state: $task.status')],
    problems: [
      [
        at('$task.status'),
        '/operations/get-ai-video-details/answers/wait/data/state: unknown expression "$task.status": $task has no "status"',
      ],
    ],
  },
  {
    title: 'an expression has an unknown root',
    edits: [edit('state: $task.state', 'state: $job.state')],
    problems: [
      [
        at('$job.state'),
        '"$job.state" cannot be used here; expected one of $request, $task, $media, $failure, $null',
      ],
    ],
  },
  {
    title: 'an expression has an unknown media file',
    edits: [edit('videoUrl: $media.video.url', 'videoUrl: $media.film.url')],
    problems: [[at('$media.film.url'), 'unknown expression "$media.film.url": $media has no "film.url"']],
  },
  {
    title: 'a string with a leading dollar sign is not an expression',
    edits: [edit('msg: All generated successfully.', 'msg: $5 are due.')],
    problems: [[at('$5'), '/msg: "$5 are due." is not an expression; expected $root.path']],
  },
  {
    title: 'a codec is unknown',
    edits: [edit('| zonelessDateTime', '| zonelesDateTime')],
    problems: [
      [
        at('zonelesDateTime'),
        'unknown codec "zonelesDateTime"; expected one of zonelessDateTime, zonelessDateTimeMs,',
      ],
    ],
  },
  {
    title: 'the task id has an invalid place',
    edits: [edit('task: $request.query.taskId', 'task: $request.cookie.taskId')],
    problems: [[at('$request.cookie'), '/task: unknown expression "$request.cookie.taskId"']],
  },
  {
    title: 'the prompt is outside of the body',
    edits: [
      edit(
        'prompt: $request.body#/prompt\n    answer: &accepted',
        'prompt: $request.query.prompt\n    answer: &accepted',
      ),
    ],
    problems: [
      [
        at('$request.query.prompt'),
        '/operations/generate-ai-video/prompt: unknown expression "$request.query.prompt"',
      ],
    ],
  },
  {
    title: 'the signed text has an unknown expression',
    edits: [edit('{$task.id}.{$signature.timestamp}', '{$task.id}.{$signature.time}')],
    problems: [
      [at('{$signature.time}'), '/delivery/signature/payload: unknown expression "$signature.time"'],
    ],
  },
  {
    title: 'a header of the signature has an unknown expression',
    edits: [edit("X-Webhook-Signature: '{$signature.value}'", "X-Webhook-Signature: '{$signature.hash}'")],
    problems: [
      [at('$signature.hash'), '/signature/headers/X-Webhook-Signature: unknown expression "$signature.hash"'],
    ],
  },
  {
    title: 'the envelope of errors has an unknown expression',
    edits: [edit('msg: $error.message', 'msg: $error.text')],
    problems: [
      [at('$error.text'), '/errors/body/msg: unknown expression "$error.text": $error has no "text"'],
    ],
  },
  {
    title: 'a bracket is not closed',
    edits: [edit('gaps: [30s, 60s, 120s]\n', 'gaps: [30s, 60s, 120s\n')],
    problems: [
      [
        at('\n  signature:'),
        'Flow sequence in block collection must be sufficiently indented and end with a ]',
      ],
    ],
    more: true,
  },
  {
    title: 'a line is indented with a tab',
    edits: [edit('  mediaLifetime: 14d\n', '\tmediaLifetime: 14d\n')],
    problems: [[at('\tmediaLifetime'), 'Tabs are not allowed as indentation']],
    more: true,
  },
  {
    title: 'a key is duplicate',
    edits: [edit('  mediaLifetime: 14d\n', '  mediaLifetime: 14d\n  id: hex32\n')],
    problems: [[at('\n  id: hex32'), 'duplicate key "id"']],
  },
  {
    title: 'an alias has no anchor',
    edits: [edit('answer: *accepted', 'answer: *acepted')],
    problems: [[at('*acepted'), 'acepted']],
  },
  {
    title: 'the document is missing',
    edits: [edit('document: openapi.yaml', 'document: swagger.yaml')],
    problems: [[at('document: swagger.yaml'), '/document: the file "swagger.yaml" does not exist']],
  },
  {
    title: 'the document has an older version of OpenAPI',
    edits: [inDocument('openapi: 3.1.0', 'openapi: 2.0.0')],
    problems: [[[DOCUMENT, 'openapi: 2.0.0'], '/openapi: expected an OpenAPI 3 document ("openapi: 3.1.0")']],
  },
  {
    title: 'the document has no paths',
    edits: [inDocument('\npaths:\n', '\npaths: soon\nroutes:\n')],
    problems: [[[DOCUMENT, 'paths: soon'], '/paths: expected "paths" with the vendor\'s operations']],
  },
  {
    title: 'the document is not valid YAML',
    edits: [inDocument('license: { name: MIT, identifier: MIT }', 'license: { name: MIT, identifier: MIT')],
    problems: [[[DOCUMENT, '\nservers:'], 'Flow map in block collection must be sufficiently indented']],
    more: true,
  },
  {
    title: 'a profile sets an invalid value',
    edits: [edit(OBSERVED_ID, 'task: { id: hex33 }')],
    profile: 'observed',
    problems: [[at('hex33'), '/task/id: expected one of uuid, hex32, base32, got "hex33"']],
  },
  {
    title: 'a profile removes a required value',
    edits: [edit(OBSERVED_ID, 'task: { id: hex32, mediaLifetime: null }')],
    profile: 'observed',
    problems: [[at('mediaLifetime: null'), '/task: "mediaLifetime" is missing']],
  },
  {
    title: 'a profile names an unknown failure',
    edits: [
      edit(
        'whenUnknown: { refuse: null, fail: image-info }',
        'whenUnknown: { refuse: null, fail: no-image }',
      ),
    ],
    profile: 'observed',
    problems: [[at('no-image'), '/kinds/extend/parent/whenUnknown/fail: failure "no-image" does not exist']],
  },
  {
    title: 'a profile sets an answer with an unknown expression',
    edits: [edit('data: $null', 'data: $nothing')],
    profile: 'observed',
    problems: [
      [
        at('$nothing'),
        '/errors/answers/unknownTask/body/data: "$nothing" cannot be used here; expected one of $error, $request, $null',
      ],
    ],
  },
  {
    title: 'a profile sets a reversed range',
    edits: [
      edit(
        '        extend:\n          parent:\n',
        '        extend:\n          steps:\n            - { state: wait, lasts: 3s..2s }\n          parent:\n',
      ),
    ],
    profile: 'observed',
    problems: [[at('3s..2s'), '/kinds/extend/steps/0/lasts: "3s..2s" is reversed']],
    more: true,
  },
  {
    title: 'a profile is not an object',
    edits: [edit('documented: {}', 'documented: { lifecycle: 5 }')],
    problems: [[at('lifecycle: 5'), '/profiles/documented/lifecycle: must be an object, got 5']],
  },
  {
    title: 'a time zone is out of range',
    edits: [edit("'+00:00'", "'+99:99'")],
    problems: [[at('+99:99'), '/task/timeZone: "+99:99" is not a time zone; expected -14:59 to +14:59']],
  },
  {
    title: 'a step both waits for a slot and holds one',
    edits: [
      edit('lasts: 30s..50s, holdsSlot: true }', 'lasts: 30s..50s, holdsSlot: true, waitsForSlot: true }'),
    ],
    problems: [
      [at('lasts: 30s..50s'), '/kinds/generate/steps/2: a step cannot both wait for a slot and hold one'],
    ],
  },
  {
    title: 'an end state is also a step',
    edits: [
      edit(
        'lasts: 40s..60s, holdsSlot: true }\n    ends: { success: success, failure: fail }',
        'lasts: 40s..60s, holdsSlot: true }\n    ends: { success: success, failure: fail, abandoned: queueing }',
      ),
    ],
    problems: [
      [
        at('abandoned: queueing'),
        '/kinds/extend/ends/abandoned: "queueing" is a step of kind "extend", so it cannot be an end state',
      ],
    ],
  },
  {
    title: 'the state of a failure is also a step',
    edits: [
      edit(
        'summary: moderation rejected the video\n',
        'summary: moderation rejected the video\n    state: wait\n',
      ),
    ],
    problems: [
      [
        at('state: wait\n'),
        '/failures/inappropriate-video/state: "wait" is a step of kind "generate", so it cannot be an end state',
      ],
      [
        at('state: wait\n'),
        '/failures/inappropriate-video/state: "wait" is a step of kind "extend", so it cannot be an end state',
      ],
    ],
  },
  {
    title: 'a code is duplicate',
    edits: [edit('{ code: 455, ', "{ code: '451', ")],
    problems: [[at("code: '451'"), '/errors/codes/5/code: duplicate code 451']],
  },
  {
    title: 'two codes have the same role',
    edits: [edit('{ code: 451, when: [mediaUnreachable], ', '{ code: 451, when: [rateLimited], ')],
    problems: [[at('code: 451'), '/errors/codes/4/when/0: role "rateLimited" already has a code']],
  },
  {
    title: '$null has a field',
    edits: [edit('state: $task.state', 'state: $null.state')],
    problems: [[at('$null.state'), 'unknown expression "$null.state": $null has no "state"']],
  },
  {
    title: 'a fact differs in an unknown profile',
    edits: [edit('differs: { observed: 32 hex characters }', 'differs: { imagined: 32 hex characters }')],
    problems: [
      [
        at('imagined'),
        'differs/imagined: profile "imagined" does not exist; expected one of documented, observed',
      ],
    ],
  },
  {
    title: 'a rule for parents both refuses and fails',
    edits: [edit('whenUnknown: { refuse: unknownTask }', 'whenUnknown: { refuse: unknownTask, fail: nsfw }')],
    problems: [
      [at('fail: nsfw'), '/kinds/extend/parent/whenUnknown: expected either "refuse" or "fail", got both'],
    ],
  },
  {
    title: 'a rule for parents neither refuses nor fails',
    edits: [edit('whenUnknown: { refuse: unknownTask }', 'whenUnknown: { because: nobody knows }')],
    problems: [
      [
        at('nobody knows'),
        '/kinds/extend/parent/whenUnknown: expected either "refuse" or "fail", got neither',
      ],
    ],
  },
  {
    title: 'a value that an alias repeats is invalid',
    edits: [edit('msg: All generated successfully.', 'msg: $media.film.url')],
    problems: [
      [
        at('$media.film.url'),
        '/events/runway.generate/bodies/success/msg: unknown expression "$media.film.url"',
      ],
    ],
  },
  {
    title: 'two values are invalid',
    edits: [edit('ackTimeout: 15s', 'ackTimeout: soon'), edit('notVisibleFor: 5s', 'notVisibleFor: later')],
    problems: [
      [at('ackTimeout: soon'), 'got "soon"'],
      [at('notVisibleFor: later'), 'got "later"'],
    ],
  },
];

/** Defects of whole blocks, which are reported at the key of the block or of its parent. */
const BROKEN_BLOCKS: readonly Breakage[] = [
  {
    title: 'an event does not have a body for a success, which forged callbacks need',
    edits: [
      edit(
        `  runway.extend:
    callback: completed
    messages: [extend, generate, detail]
    bodies:
      success: *generated
`,
        `  runway.extend:
    callback: completed
    messages: [extend, generate, detail]
    bodies: # none of success
`,
      ),
    ],
    problems: [
      [
        at('# none of success'),
        '/events/runway.extend/bodies: missing body for "success", the success state of kind "extend"',
      ],
    ],
  },
  {
    title: 'a required role does not have a code',
    edits: [edit('when: [invalid], ', '')],
    problems: [
      [at('\n  codes:'), '/errors/codes: role "invalid" does not have a code; add "when: [invalid]" to one'],
    ],
  },
  {
    title: 'a key is missing in a block',
    edits: [edit('  mediaLifetime: 14d\n', '')],
    problems: [[at('\ntask:'), '/task: "mediaLifetime" is missing']],
  },
  {
    title: 'an operation lacks a required key',
    edits: [edit('    task: $request.query.taskId\n', '')],
    problems: [[at('\n  get-ai-video-details:'), '/operations/get-ai-video-details: "task" is missing']],
  },
  {
    title: 'a state does not have an answer',
    edits: [edit('      queueing: *pending\n', '')],
    problems: [
      [at('\n    answers:'), '/operations/get-ai-video-details/answers: missing answer for state "queueing"'],
    ],
  },
  {
    title: 'a callback has a body for an unreachable state',
    edits: [edit('      success: &generated', '      succeeded: &generated')],
    problems: [
      [at('succeeded:'), '/events/runway.generate/bodies/succeeded: no task reaches state "succeeded"'],
    ],
    more: true,
  },
  {
    title: 'no operation sends an event',
    edits: [edit('    event: runway.extend\n', '')],
    problems: [[at('\n  runway.extend:'), '/events/runway.extend: no operation sends this event']],
  },
  {
    title: 'the name of an event does not begin with the name of the pack',
    edits: [
      edit('    event: runway.extend\n', '    event: extended\n'),
      edit('  runway.extend:\n', '  extended:\n'),
    ],
    problems: [[at('\n  extended:'), '/events/extended: an event name must begin with "runway."']],
    more: true,
  },
  {
    title: 'the document does not contain an operation',
    edits: [edit('  extend-ai-video:\n', '  extend-video:\n')],
    problems: [
      [
        at('\n  extend-video:'),
        'the document has no operation "extend-video"; expected one of generate-ai-video, extend-ai-video, get-ai-video-details',
      ],
    ],
  },
  {
    title: 'the document does not contain a callback',
    edits: [edit('  runway.extend:\n    callback: completed\n', '  runway.extend:\n    callback: ended\n')],
    problems: [[at('callback: ended'), 'extend-ai-video declares no callback "ended" in the document']],
  },
  {
    title: 'the callback URL of the document is outside of the request',
    edits: [
      inDocument(
        `'{$request.body#/callBackUrl}':
            post:
              operationId: runway.extend`,
        `'{$task.callback}':
            post:
              operationId: runway.extend`,
      ),
    ],
    problems: [[[DOCUMENT, '$task.callback'], '"$task.callback" is not a place of a callback URL']],
  },
  {
    title: 'a block has an unknown key',
    edits: [edit('  notVisibleFor: 5s\n', '  notVisibleFor: 5s\n  retryAfter:\n    seconds: 5\n')],
    problems: [[at('retryAfter:'), '/timing/retryAfter: unknown key "retryAfter"']],
  },
  {
    title: 'an unknown key contains a slash',
    edits: [edit('  lateBy: 10m\n', '  lateBy: 10m\n  late/By: 10m\n')],
    problems: [[at('late/By'), 'unknown key "late/By"']],
  },
  {
    title: 'the name of a failure has uppercase letters',
    edits: [edit('  hd-trial:\n', '  hdTrial:\n')],
    problems: [[at('hdTrial:'), 'got "hdTrial"']],
  },
  {
    title: 'a profile with a slash in its name sets an invalid value',
    edits: [
      edit('  observed:\n    lifecycle:\n', '  a/b:\n    lifecycle:\n'),
      edit(OBSERVED_ID, 'task: { id: hex33 }'),
    ],
    profile: 'a/b',
    problems: [[at('hex33'), '/task/id: expected one of uuid, hex32, base32, got "hex33"']],
  },
  {
    title: 'the id of the parent is in a header',
    edits: [edit('id: $request.body#/taskId', 'id: $request.header.task')],
    problems: [[at('id: $request.header'), '/parent/id: unknown expression "$request.header.task"']],
  },
];

const ROWS = [...BROKEN, ...BROKEN_BLOCKS].map((breakage) => [breakage.title, breakage] as const);

describe('a broken pack is rejected with the expectation when', () => {
  it.each(ROWS)('%s', (_, breakage) => {
    const { found } = breakRunway(breakage);
    expect(found.map(({ message }) => message)).toStrictEqual(
      breakage.problems.map(([, says]) => expect.stringContaining(says)),
    );
  });
});

describe('a broken pack is rejected with file and line when', () => {
  it.each(ROWS)('%s', (_, breakage) => {
    const { found, places } = breakRunway(breakage);
    expect(found.map(({ file, line }) => ({ file, line }))).toStrictEqual(places);
  });
});

describe('a folder that is not a pack', () => {
  it('is rejected without lifecycle.yaml, with a remedy', () => {
    const dir = join(home, 'nowhere');
    expect(() => loadPack(dir)).toThrow(
      expect.objectContaining({
        code: 'PACK_UNREADABLE',
        message: expect.stringContaining(`${join(dir, LIFECYCLE)} cannot be read`),
        remedy: 'Use a folder that contains lifecycle.yaml and the OpenAPI document that it names.',
      }),
    );
  });

  it.each([
    ['empty', '', 'must be an object, got null'],
    ['a list', '- pack: runway\n', 'must be an object, got [{"pack":"runway"}]'],
    ['a string', 'runway\n', 'must be an object, got "runway"'],
  ])('is rejected when its lifecycle.yaml is %s', (_, text, says) => {
    const dir = folderWith(text);
    expect(problemsOf(dir)).toStrictEqual([{ file: join(dir, LIFECYCLE), line: 1, message: `${says}` }]);
  });

  it('is rejected when its document is a folder', () => {
    const dir = copyOfRunway([edit('document: openapi.yaml', 'document: .')]);
    expect(() => loadPack(dir)).toThrow(
      expect.objectContaining({
        code: 'PACK_INVALID',
        message: expect.stringMatching(/lifecycle\.yaml:\d+: \/document: the file "\." does not exist$/),
      }),
    );
  });
});

describe('the error of a broken pack', () => {
  it('prints each problem as file:line: message on a separate line', () => {
    const error = new PackError([
      { file: 'a/lifecycle.yaml', line: 3, message: 'one' },
      { file: 'a/openapi.yaml', line: 14, message: 'two' },
    ]);
    expect(error).toMatchObject({
      code: 'PACK_INVALID',
      message: 'a/lifecycle.yaml:3: one\na/openapi.yaml:14: two',
      remedy: 'Fix the lines listed above.',
    });
  });
});

describe('a copy of the Runway pack', () => {
  it('loads from any folder, so that the rejections above are caused only by the edits', () => {
    const dir = copyOfRunway();
    expect(loadPack(dir).name).toBe('runway');
    expect(loadPack(dir, 'observed').name).toBe('runway');
  });
});
