import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planTask } from '../core/plan.ts';
import { sampleInput } from '../core/testing/sample-plan.ts';
import { viewTask } from '../core/view.ts';
import { loadPack } from './load-pack.ts';
import type { Pack } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const RUNWAY = join(PACKAGE_ROOT, 'spec/runway');
const SUBMITTED = Date.UTC(2026, 0, 1, 22, 59, 0);

let home = '';
let copies = 0;

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'stuntdouble-compile-'));
});

afterAll(() => {
  rmSync(home, { recursive: true, force: true });
});

type Edit = readonly [from: string, to: string];

/** Compiles the Runway pack with edits of its lifecycle.yaml. */
function packWith(...edits: readonly Edit[]): Pack {
  const dir = join(home, `pack-${copies++}`);
  cpSync(RUNWAY, dir, { recursive: true });
  const path = join(dir, 'lifecycle.yaml');
  for (const [from, to] of edits) {
    const pieces = readFileSync(path, 'utf8').split(from);
    if (pieces.length !== 2) throw new Error(`found ${pieces.length - 1} times, not once: ${from}`);
    writeFileSync(path, pieces.join(to));
  }
  return loadPack(dir);
}

/** Returns the answer to a poll of a task that has succeeded after a minute. */
function finalAnswer(pack: Pack): unknown {
  const rules = pack.kinds.get('generate');
  const poll = pack.operations.find(({ type }) => type === 'poll');
  if (rules === undefined || poll?.type !== 'poll')
    throw new Error('the pack does not have the expected kind or poll operation');
  const plan = planTask(
    sampleInput({
      rules: {
        ...rules,
        steps: [{ state: 'wait', minMs: 60_000, maxMs: 60_000, waitsForSlot: false, holdsSlot: false }],
      },
      operation: 'generate-ai-video',
      request: { prompt: 'a cat' },
      submittedAt: SUBMITTED,
    }),
  );
  const view = viewTask(plan, SUBMITTED + 60_000);
  return JSON.parse(poll.answers.get('success')?.({ plan, view }).body ?? 'null');
}

const PROMPT = '    prompt: $request.body#/prompt\n    answer: &accepted';

describe('a compiled pack', () => {
  it.each([
    ["'+00:00'", '2026-01-01 23:00:00'],
    ["'+08:00'", '2026-01-02 07:00:00'],
    ["'-05:30'", '2026-01-01 17:30:00'],
  ])('writes times without a zone in the time zone of the pack: %s', (zone, expected) => {
    const pack = packWith(["timeZone: '+00:00'", `timeZone: ${zone}`]);
    expect(finalAnswer(pack)).toMatchObject({ data: { generateTime: expected } });
  });

  it('answers submissions with HTTP 200 by default', () => {
    const statuses = (pack: Pack) =>
      pack.operations.flatMap((operation) => (operation.type === 'submit' ? operation.status : []));
    expect(statuses(loadPack(RUNWAY))).toStrictEqual([200, 200]);
    expect(statuses(packWith([PROMPT, `    status: 201\n${PROMPT}`]))).toStrictEqual([201, 200]);
  });

  it('reads no prompt without a prompt expression', () => {
    const [generate] = packWith([PROMPT, '    answer: &accepted']).operations;
    if (generate?.type !== 'submit') throw new Error('a submission expected');
    expect(generate.promptPointer).toBeNull();
    expect(generate.promptOf({ prompt: 'a cat' })).toBeUndefined();
  });

  it('gives a state without a range an exact duration', () => {
    const pack = packWith(['lasts: 30s..50s', 'lasts: 1.5m']);
    expect(pack.kinds.get('generate')?.steps.at(-1)).toMatchObject({ minMs: 90_000, maxMs: 90_000 });
  });

  it('has default times for scenarios', () => {
    const pack = packWith(['timing:\n  notVisibleFor: 5s\n  lateBy: 10m\n', 'timing: {}\n']);
    expect(pack.kinds.get('extend')).toMatchObject({ notVisibleForMs: 5000, lateByMs: 600_000 });
  });

  it('has no signer without a signature', () => {
    const source = readFileSync(join(RUNWAY, 'lifecycle.yaml'), 'utf8');
    const signature = /^ {2}signature:\n(?: {4}.*\n)+/m.exec(source)?.[0] ?? 'no signature';
    const pack = packWith([signature, ''], ['at: /delivery/signature', 'at: /delivery']);
    expect(pack.signer).toBeNull();
    expect(loadPack(RUNWAY).signer).not.toBeNull();
  });

  it('applies the patch of its profile to the document', () => {
    const documented = JSON.stringify(loadPack(RUNWAY).document);
    const observed = JSON.stringify(loadPack(RUNWAY, 'observed').document);
    const nullable = '"oneOf":[{"$ref":"#/components/schemas/VideoTask"},{"type":"null"}]';
    expect(documented).not.toContain(nullable);
    expect(observed).toContain(nullable);
  });
});

describe('an event of a compiled pack', () => {
  /** Compiles the Runway pack with additional lines in one event. */
  const eventWith = (...lines: readonly string[]) => {
    const head = '  runway.generate:\n    callback: completed\n';
    const pack = packWith([head, head + lines.map((line) => `    ${line}\n`).join('')]);
    const [event, other] = ['runway.generate', 'runway.extend'].map((name) => pack.events.get(name));
    if (event === undefined || other === undefined)
      throw new Error('the pack does not have the expected events');
    return { pack, event, other };
  };

  it('announces each state with a body once, under its own name and with retries, by default', () => {
    const { event } = eventWith();
    expect([...event.signals]).toStrictEqual([
      ['success', [{ name: 'success', retried: true }]],
      ['fail', [{ name: 'fail', retried: true }]],
    ]);
    expect(event.wantedBy).toBeNull();
  });

  it('announces its signals in order, without retries for those in sentOnce', () => {
    const { event } = eventWith('announces: { success: [result, end], fail: [end] }', 'sentOnce: [result]');
    expect([...event.signals]).toStrictEqual([
      [
        'success',
        [
          { name: 'result', retried: false },
          { name: 'end', retried: true },
        ],
      ],
      ['fail', [{ name: 'end', retried: true }]],
    ]);
  });

  it('reads the requested signals', () => {
    const { event } = eventWith('filter: $request.body#/wanted/events');
    expect(event.wantedBy?.({ wanted: { events: ['end'] } })).toStrictEqual(['end']);
    expect(event.wantedBy?.({})).toBeUndefined();
  });

  it('overrides only some delivery rules of the pack', () => {
    const { pack, event, other } = eventWith('delivery: { retries: 1, ackStatus: 2xx, gaps: [5s] }');
    expect(other.delivery).toStrictEqual(pack.delivery);
    expect(event.delivery).toStrictEqual({
      ackTimeoutMs: pack.delivery.ackTimeoutMs,
      ackStatus: '2xx',
      ackBody: null,
      endsRetries: null,
      retries: 1,
      retriesFor: {},
      gapsMs: [5000],
      gapJitter: 0,
    });
  });

  it('reads windows, an exact body, jitter and the retries of single states', () => {
    const { event } = eventWith(
      "delivery: { ackStatus: ['200', 1xx-3xx], ackBody: ok, endsRetries: 4xx, retriesFor: { success: 8 }, gapJitter: 10% }",
    );
    expect(event.delivery).toMatchObject({
      ackStatus: '200, 1xx-3xx',
      ackBody: 'ok',
      endsRetries: '4xx',
      retriesFor: { success: 8 },
      gapJitter: 0.1,
    });
  });
});

describe('the limit of submissions of a compiled pack', () => {
  it('depends on the profile', () => {
    expect(loadPack(RUNWAY).rate).toBeNull();
    expect(loadPack(RUNWAY, 'observed').rate).toStrictEqual({
      submissions: 20,
      perMs: 10_000,
      retryAfter: false,
    });
  });

  it('can include a Retry-After header', () => {
    const limits = 'limits:\n  concurrencyFailure: concurrency\n';
    const pack = packWith([limits, `${limits}  rate: { submissions: 2, per: 1m, retryAfter: true }\n`]);
    expect(pack.rate).toStrictEqual({ submissions: 2, perMs: 60_000, retryAfter: true });
  });
});
