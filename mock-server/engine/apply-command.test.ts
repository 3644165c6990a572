import { describe, expect, it } from 'vitest';
import type { Account } from '../core/types.ts';
import { samplePack } from '../delivery/testing/sample-tasks.ts';
import { createParts } from '../mock-parts.ts';
import { createApplyCommand, createCommands } from './apply-command.ts';
import type { SubmitCommand, SubmitOutcome } from './commands.ts';

const NO_PARTS = { query: {}, headers: {}, pathParams: {} };

function create() {
  const { pack, operation } = samplePack(({ errors }) => errors.forCode('500') !== null);
  const { engine, shelf, journal } = createParts({ clock: 'virtual', seed: 1 });
  const submit: SubmitCommand = {
    ...{ type: 'submit', pack: pack.name, operation: operation.id, account: 'key-1' as Account },
    ...{ request: {}, bodyText: '{}', pathParams: null, parts: NO_PARTS, isCall: true },
    ...{ scenario: null, origin: 'http://media.test' },
  };
  const packs = shelf.byName;
  const { secrets } = journal;
  const nameOf = (outcome: SubmitOutcome): string | null =>
    outcome.type === 'repeated' ? null : outcome.scenario.name;
  const run = createApplyCommand({ engine, packs, secrets });
  const submitted = (): string => {
    const outcome = run(submit);
    if (outcome.type !== 'accepted') throw new Error('expected a task');
    return outcome.task.plan.taskId;
  };
  return { engine, journal, packs, secrets, submit, run, nameOf, submitted };
}

const coded = (code: string): unknown => expect.objectContaining({ code });

describe('a command', () => {
  it('takes a queued scenario when it is applied, unless it names one', () => {
    const { run, submit, nameOf } = create();
    run({ type: 'enqueue', scenario: 'callback.never', times: 1, account: null });
    expect(nameOf(run({ ...submit, scenario: 'poll.reset' }))).toBe('poll.reset');
    expect(nameOf(run(submit))).toBe('callback.never');
    expect(nameOf(run(submit))).toBe('success');
  });

  it('creates no task when its scenario refuses the submission with a code', () => {
    const { run, submit, engine } = create();
    expect(run({ ...submit, scenario: 'submit.500' })).toMatchObject({ type: 'faulted', code: '500' });
    expect(engine.tasks.size).toBe(0);
  });

  it('is refused when its pack or its operation does not exist', () => {
    const { run, submit } = create();
    expect(() => run({ ...submit, pack: 'absent' })).toThrow(coded('BAD_REQUEST'));
    expect(() => run({ ...submit, operation: 'absent' })).toThrow(coded('BAD_REQUEST'));
  });

  it('ends a task, removes it, and resets everything', () => {
    const { run, submitted, engine, journal } = create();
    const taskId = submitted();
    expect(run({ type: 'amend', taskId, outcome: 'success' }).plan.outcome.type).toBe('success');
    run({ type: 'withdraw', taskId });
    expect(engine.tasks.get(taskId)).toBeUndefined();
    run({ type: 'clear-journal' });
    expect(journal.entries()).toEqual([]);
    run({ type: 'reset' });
    expect(submitted()).toBe(taskId);
  });

  it('counts downloads with the given counts', () => {
    const { engine, packs, secrets, run, submitted } = create();
    const counted = createApplyCommand({
      engine,
      packs,
      secrets,
      counts: { poll: () => 0, download: () => 7 },
    });
    const download = { type: 'download', taskId: submitted(), name: 'video.mp4' } as const;
    expect([counted(download), run(download)]).toEqual([7, 0]);
  });
});

describe('the commands of a single process', () => {
  it('are applied at once, without a promise', () => {
    const { engine, packs, secrets, submit } = create();
    const commands = createCommands({ engine, packs, secrets });
    expect(commands.run(submit)).toMatchObject({ type: 'accepted' });
    expect([commands.current(), commands.caughtUp(), commands.gathered()]).toEqual([null, null, null]);
  });
});
