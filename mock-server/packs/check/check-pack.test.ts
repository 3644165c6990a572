import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInPackDirs } from '../load-pack.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { checkPack } from './check-pack.ts';
import type { Severity } from './finding.ts';

const LUMA = join(PACKAGE_ROOT, 'spec/luma');
const RUNWAY = join(PACKAGE_ROOT, 'spec/runway');
const DREAM = join(PACKAGE_ROOT, 'spec/dream-machine');
const LIFECYCLE = 'lifecycle.yaml';
const DOCUMENT = 'openapi.yaml';

type Edit = readonly [file: string, from: string, to: string];
/** The file, and a text that occurs only on the expected line. */
type Place = readonly [file: string, text: string];

interface BrokenPack {
  readonly title: string;
  readonly pack?: string;
  readonly edits: readonly Edit[];
  readonly problems: readonly (readonly [severity: Severity, place: Place, says: string])[];
}

const edit = (from: string, to: string): Edit => [LIFECYCLE, from, to];
const inDocument = (from: string, to: string): Edit => [DOCUMENT, from, to];
const at = (text: string): Place => [LIFECYCLE, text];
const atDocument = (text: string): Place => [DOCUMENT, text];

let home = '';
let copies = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-check-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

function copyOf(pack: string, edits: readonly Edit[]): string {
  const dir = join(home, `pack-${copies++}`);
  cpSync(pack, dir, { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(dir, file);
    const pieces = readFileSync(path, 'utf8').split(from);
    if (pieces.length !== 2) throw new Error(`${file} contains this ${pieces.length - 1} times: ${from}`);
    writeFileSync(path, pieces.join(to));
  }
  return dir;
}

function lineOf(dir: string, [file, text]: Place): number {
  const lines = readFileSync(join(dir, file), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (`\n${line}\n`.includes(text) ? index + 1 : []));
  if (found.length !== 1) throw new Error(`${file} contains ${found.length} lines with: ${text}`);
  return found[0] ?? 0;
}

const CREATE_POLL = '/operations/get-luma-modify-details/answers';

const BROKEN_PACKS: readonly BrokenPack[] = [
  {
    title: 'the lifecycle is not valid YAML',
    edits: [edit('gaps: [30s, 60s, 120s]\n', 'gaps: [30s, 60s, 120s\n')],
    problems: [['error', at('\n  signature:'), 'Flow sequence in block collection']],
  },
  {
    title: 'the lifecycle has an unknown key and the document has no paths',
    edits: [
      edit('  ackStatus: ', '  ackStatuses: 1\n  ackStatus: '),
      inDocument('\npaths:\n', '\nroutes:\n'),
    ],
    problems: [
      ['error', at('ackStatuses'), 'unknown key "ackStatuses"'],
      ['error', atDocument('# The Luma modify API'), 'expected "paths"'],
    ],
  },
  {
    title: 'a fact points to a missing value and two expressions are unknown',
    edits: [
      edit('at: /delivery/gaps', 'at: /delivery/gap'),
      edit('successFlag: 0', 'successFlag: $task.flag'),
      edit('msg: Modify record generated successfully.', 'msg: $failure.words'),
    ],
    problems: [
      ['error', at('$task.flag'), 'unknown expression "$task.flag"'],
      ['error', at('$failure.words'), 'unknown expression "$failure.words"'],
      ['error', at('at: /delivery/gap'), '"/delivery/gap" does not exist in this file'],
    ],
  },
  {
    title: 'two codecs are unknown',
    edits: [
      edit('$task.finishedAt | orNull', '$task.finishedAt | orNil'),
      edit('watermark | orEmpty', 'watermark | orBlank'),
    ],
    problems: [
      ['error', at('orBlank'), 'unknown codec "orBlank"'],
      ['error', at('orNil'), 'unknown codec "orNil"'],
    ],
  },
  {
    title: 'a profile other than the first has an unknown expression',
    edits: [
      edit(
        'callback-failed: { data: { response: { resultUrls: [$media.video.url, $media.second.url] } } }',
        'callback-failed: { data: { response: { resultUrls: [$media.video.url, $media.third.url] } } }',
      ),
    ],
    problems: [['error', at('$media.third.url'), 'unknown expression "$media.third.url"']],
  },
  {
    title: 'the answer to a submission violates the document',
    edits: [edit('data: { taskId: $task.id }\n  get-', 'data: { taskID: $task.id }\n  get-')],
    problems: [['error', at('taskID'), 'data.taskId is required']],
  },
  {
    title: 'an answer to a poll has a value of the wrong type',
    edits: [edit('createTime: $task.submittedAt', 'createTime: $task.submittedAt | isoDateTime')],
    problems: [
      ['error', at('isoDateTime'), 'data.createTime must be an integer, got the string "2026-01-01'],
    ],
  },
  {
    title: 'the answer for an abandoned success violates the document',
    edits: [edit('successFlag: 4 }', 'successFlag: 5 }')],
    problems: [
      [
        'error',
        at('successFlag: 5 }'),
        `${CREATE_POLL}/callback-failed/data/successFlag: data.successFlag must be one of 0, 1, 2, 3, 4, got 5`,
      ],
    ],
  },
  {
    title: 'the answer for a failure with a separate state violates the document',
    edits: [edit('          successFlag: 2\n', "          successFlag: '2'\n")],
    problems: [['error', at("successFlag: '2'"), 'in state "create-failed" of fail.create']],
  },
  {
    title: 'a callback violates the matching branch of its schema',
    edits: [
      edit(
        'data: { taskId: $task.id, promptJson: *request }',
        'data: { id: $task.id, promptJson: *request }',
      ),
    ],
    problems: [['error', at('{ id: $task.id, promptJson'), 'data.taskId is required']],
  },
  {
    title: 'a callback that a profile patches violates the document',
    edits: [
      edit(
        'success: { data: { resultUrls: [$media.video.url, $media.second.url] } }',
        'success: { data: { resultUrls: [$media.video.url, none] } }',
      ),
    ],
    problems: [['error', at('none] } }'), 'data.resultUrls.1 must be a valid uri, got the string "none"']],
  },
  {
    title: 'a list violates the document',
    pack: DREAM,
    edits: [edit('has_more: $page.hasMore', 'has_more: never')],
    problems: [['error', at('has_more: never'), 'has_more must be a boolean, got the string "never"']],
  },
  {
    title: 'a list has an unknown page expression',
    pack: DREAM,
    edits: [edit('count: $page.count', 'count: $page.total')],
    problems: [['error', at('count: $page.total'), 'unknown expression "$page.total": $page has no "total"']],
  },
  {
    title: 'an answer without a task violates the document',
    pack: DREAM,
    edits: [edit('{ credit_balance: 100000 }', '{ balance: 100000 }')],
    problems: [['error', at('{ balance: 100000 }'), 'credit_balance is required']],
  },
  {
    title: 'an answer without a task uses an expression about tasks',
    pack: DREAM,
    edits: [edit('{ message: pong }', '{ message: $task.id }')],
    problems: [['error', at('{ message: $task.id }'), '"$task.id" cannot be used here']],
  },
  {
    title: 'the document does not allow an error code',
    edits: [edit('code: 455', 'code: 456')],
    problems: [
      ['error', at('code: 456'), 'code must be one of 200, 401, 404, 422, 429, 451, 455, 500, got 456'],
    ],
  },
  {
    title: 'the envelope of errors lacks a required field',
    edits: [edit('body: { code: $error.code, msg: $error.message }', 'body: { code: $error.code }')],
    problems: [['error', at('body: { code: $error.code }'), 'msg is required']],
  },
  {
    title: "a profile's answer for an unknown task violates the document",
    pack: RUNWAY,
    edits: [edit('body: { code: 200, msg: success, data: $null }', 'body: { code: 200, data: $null }')],
    problems: [['error', at('body: { code: 200, data: $null }'), 'msg is required ("unknownTask" of GET']],
  },
  {
    title: 'the document does not describe the status of an answer',
    edits: [edit('    kind: modify\n', '    kind: modify\n    status: 202\n')],
    problems: [
      ['error', at('status: 202'), 'does not describe a response 202 for POST /api/v1/modify/generate'],
    ],
  },
  {
    title: 'a submission does not have an example',
    edits: [inDocument('            examples:\n', '            x-examples:\n')],
    problems: [['error', atDocument('\n      requestBody:'), 'does not have an example']],
  },
  {
    title: 'the example of a submission violates its schema',
    edits: [inDocument('videoUrl: https://example.com/street.mp4', 'videoUrl: street.mp4')],
    problems: [['error', atDocument('videoUrl: street.mp4'), 'videoUrl must be a valid uri']],
  },
  {
    title: 'a reference in the document has no target',
    edits: [inDocument("{ $ref: '#/components/schemas/Record' }", "{ $ref: '#/components/schemas/Recrod' }")],
    problems: [['error', atDocument('Recrod'), 'does not exist in this document']],
  },
  {
    title: 'the document has a key that is not part of OpenAPI',
    edits: [inDocument('      summary: Look up a task.\n', '      sumary: Look up a task.\n')],
    problems: [['error', atDocument('sumary'), 'sumary is not expected to be here']],
  },
  {
    title: 'a schema of the document has an unknown type',
    edits: [inDocument('createTime: { type: integer', 'createTime: { type: integr')],
    problems: [['error', atDocument('type: integr,'), 'expected one of array, boolean']],
  },
  {
    title: 'a failure does not have a class',
    edits: [edit('    class: internal\n    summary: creating', '    summary: creating')],
    problems: [['warning', at('\n  create:'), 'this failure has no "class"']],
  },
  {
    title: 'a failure does not send a callback',
    edits: [
      edit('      generate-failed: *failure\n', ''),
      edit('at: /events/luma.modify/bodies/generate-failed', 'at: /events/luma.modify/bodies/create-failed'),
    ],
    problems: [['warning', at('\n    bodies:'), 'missing body for "generate-failed"']],
  },
  {
    title: 'a poll operation does not answer for a failure',
    edits: [
      edit(
        '      generate-failed:\n        code: 200\n        msg: success\n        data: { <<: *failed, successFlag: 3 }\n',
        '',
      ),
    ],
    problems: [['error', at('\n    answers:'), 'missing answer for state "generate-failed"']],
  },
  {
    title: 'an operation of the document is not mocked',
    edits: [
      inDocument(
        '\npaths:\n',
        "\npaths:\n  /list:\n    get: { operationId: list, responses: { '200': { description: All. } } }\n",
      ),
    ],
    problems: [['warning', atDocument('operationId: list,'), 'operation "list" is not mocked']],
  },
];

describe('a built-in pack', () => {
  it.each(builtInPackDirs())('has no errors in any profile: %s', async (dir) => {
    const { problems, profiles, templates, states } = await checkPack(dir);
    expect(problems.filter(({ severity }) => severity === 'error')).toStrictEqual([]);
    expect(profiles.length).toBeGreaterThan(0);
    expect(templates).toBeGreaterThan(states);
    expect(states).toBeGreaterThan(2);
  });
});

describe('the pack check reports with severity, file, line and reason that', () => {
  it.each(BROKEN_PACKS.map((broken) => [broken.title, broken] as const))('%s', async (_, broken) => {
    const dir = copyOf(broken.pack ?? LUMA, broken.edits);
    const { problems } = await checkPack(dir);
    const expected = broken.problems.map(([severity, place, says]) => ({
      severity,
      file: join(dir, place[0]),
      line: lineOf(dir, place),
      message: expect.stringContaining(says),
    }));
    expect(problems).toStrictEqual(expected);
  });
});
