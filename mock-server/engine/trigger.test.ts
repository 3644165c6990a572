import { describe, expect, it } from 'vitest';
import {
  createSampleTasks,
  SAMPLE_ACCOUNT,
  SAMPLE_URL,
  type Sender,
  samplePack,
} from '../delivery/testing/sample-tasks.ts';
import { builtInPackDirs, loadPack } from '../packs/load-pack.ts';
import type { Pack } from '../packs/pack.ts';
import { createScenarioParser } from '../scenarios/parse-scenario.ts';
import { createCommands } from './apply-command.ts';
import type { Engine } from './engine.ts';
import type { Submission } from './submission.ts';
import { composeCallback, stageEvent, triggerEvent } from './trigger.ts';

/** An engine that plans each submission and sends nothing. */
function create(sender = samplePack()) {
  const samples = createSampleTasks(sender);
  const { pack, event } = sender;
  const submissions: Submission[] = [];
  const engine = {
    tasks: samples.tasks,
    repeated: () => null,
    scenarios: {
      parse: (of: Pack, name: string) => createScenarioParser(of)(name),
      fallbackFor: () => 'success',
    },
    submit(submission: Submission) {
      submissions.push(submission);
      const { request, instant = false, scenario } = submission;
      const plan = {
        ...samples.plan({ instant, scenario: scenario.name }),
        operation: submission.operation.id,
        request,
      };
      return { type: 'accepted', task: samples.add(plan), answer: { status: 200, body: '' } };
    },
  } as unknown as Engine;
  const input = {
    event: event.name,
    to: SAMPLE_URL,
    scenario: 'success',
    account: SAMPLE_ACCOUNT,
    originOf: () => 'http://media.test',
  };
  const commands = createCommands({
    engine,
    packs: new Map([[pack.name, pack]]),
    secrets: { learn: () => undefined },
  });
  return { ...samples, engine, commands, submissions, packs: [pack], input };
}

/** Returns the sender of an event that only tasks with a parent have. */
function continuingSender(): Sender {
  for (const dir of builtInPackDirs()) {
    const pack = loadPack(dir);
    for (const name of pack.events.keys()) {
      const operation = pack.operations.find((one) => one.type === 'submit' && one.event?.name === name);
      if (operation?.type !== 'submit' || operation.parent === null || operation.event === null) continue;
      return { pack, operation, event: operation.event };
    }
  }
  throw new Error('expected an event of tasks that continue others');
}

const SIGNING = { secretOf: () => null, userAgent: 'agent/1' };
const coded = (code: string): unknown => expect.objectContaining({ code });

describe('triggering an event', () => {
  it('submits a sample request with the callback URL, for a task that ends at once', async () => {
    const { engine, commands, packs, input, submissions, operation } = create();
    const task = await triggerEvent({ engine, commands }, packs, input);
    const [submission] = submissions;
    expect(submissions).toHaveLength(1);
    expect(submission).toMatchObject({ operation, account: SAMPLE_ACCOUNT, instant: true });
    expect(submission?.operation.callbackUrlOf(task.plan.request)).toBe(SAMPLE_URL);
    expect(submission?.bodyText).toBe(JSON.stringify(submission?.request));
  });

  it('merges the given request, if the result is valid', async () => {
    const { engine, commands, packs, input, submissions, operation } = create();
    const pointer = operation.promptPointer?.slice(1) ?? '';
    await triggerEvent({ engine, commands }, packs, { ...input, request: { [pointer]: 'a red fox' } });
    expect(operation.promptOf(submissions[0]?.request ?? {})).toBe('a red fox');
    const invalid = { ...input, request: { [pointer]: 5 } };
    await expect(triggerEvent({ engine, commands }, packs, invalid)).rejects.toThrow(coded('BAD_REQUEST'));
    expect(submissions).toHaveLength(1);
  });

  it('submits a parent first for a task that continues another', async () => {
    const { pack, operation, event } = continuingSender();
    const { engine, commands, input, submissions } = create({ pack, operation, event });
    const sent = { ...input, event: event.name, scenario: 'callback.never' };
    const task = await triggerEvent({ engine, commands }, [pack], sent);
    const [parent, child] = submissions;
    expect(submissions.map(({ scenario }) => scenario.name)).toEqual(['success', 'callback.never']);
    expect(parent?.operation.parent).toBeNull();
    expect(task.plan.operation).toBe(operation.id);
    const parentId = child?.operation.parent?.idOf(child.request, child.pathParams ?? null);
    expect(engine.tasks.get(String(parentId))?.plan.operation).toBe(parent?.operation.id);
  });

  it('suggests the nearest events for an unknown one', async () => {
    const { engine, commands, packs, input } = create();
    const wrong = { ...input, event: `${input.event}x` };
    await expect(triggerEvent({ engine, commands }, packs, wrong)).rejects.toMatchObject({
      code: 'EVENT_UNKNOWN',
      remedy: expect.stringContaining(input.event),
    });
  });
});

describe('a staged task', () => {
  it('sends no callback itself, and has each with headers and body, the final one last', async () => {
    const { commands, packs, input } = create();
    const { task, callback, callbacks } = await stageEvent(commands, packs, { ...input, ...SIGNING });
    expect(task.plan.callbacks).toEqual([]);
    expect(callbacks.at(-1)).toBe(callback);
    expect(callbacks.map(({ isFinal }) => isFinal)).toEqual(
      callbacks.map((_, index) => index === callbacks.length - 1),
    );
    expect(callback.headers).toMatchObject({ 'user-agent': 'agent/1' });
    expect(callback.body).toContain(task.plan.taskId);
  });

  it('can forge its success, with media of another host', async () => {
    const { commands, packs, input, pack } = create();
    const [slug = ''] = pack.failures.keys();
    const failed = { ...input, ...SIGNING, scenario: `fail.${slug}` };
    const { callback, forge } = await stageEvent(commands, packs, failed);
    expect(forge('https://forger.test')).toContain('https://forger.test');
    expect(callback.body).not.toContain('forger');
  });

  it('signs any body, at any time and with any key', async () => {
    const sender = samplePack(({ signer }) => signer !== null);
    const { commands, packs, input } = create(sender);
    const { callback } = await stageEvent(commands, packs, { ...input, ...SIGNING, secretOf: () => 'key' });
    const sealed = [{}, { secret: 'other' }, { offsetSeconds: -3600 }].map((at) => callback.seal('{}', at));
    expect(new Set(sealed.map((headers) => JSON.stringify(headers))).size).toBe(3);
  });
});

describe('the callbacks of a submitted task', () => {
  it('are composed with the event and the URL of its request', async () => {
    const { engine, commands, packs, input, event } = create();
    const { plan } = await triggerEvent({ engine, commands }, packs, input);
    const composed = composeCallback(engine, packs, plan.taskId, SIGNING);
    expect([composed.event, composed.url]).toEqual([event.name, SAMPLE_URL]);
    expect(composed.callback.body).toContain(plan.taskId);
  });

  it('do not exist for an unknown task, nor for an operation without an event', async () => {
    const { engine, commands, packs, input, pack } = create();
    const { plan } = await triggerEvent({ engine, commands }, packs, input);
    expect(() => composeCallback(engine, packs, 'absent', SIGNING)).toThrow(coded('TASK_UNKNOWN'));
    const silent = { ...pack, operations: [] };
    expect(() => composeCallback(engine, [silent], plan.taskId, SIGNING)).toThrow(coded('NO_CALLBACK'));
  });
});
