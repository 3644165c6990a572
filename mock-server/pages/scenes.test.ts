import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type MockServer, type TaskReport } from '../index.ts';
import { SCENES, type Scene, type ScenePack, stageScene } from './scenes.ts';

const PACKS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../spec/pack-order.json'), 'utf8'),
) as readonly string[];

let mock: MockServer;

async function servePack(name: string): Promise<ScenePack> {
  mock = await createMockServer({ clock: 'virtual', only: [name], ackTimeout: 40 }).listen();
  const [pack] = (await (await fetch(`${mock.url}/__admin/packs`)).json()) as ScenePack[];
  if (pack === undefined) throw new Error(`the mock does not serve ${name}`);
  return pack;
}

/** Submits the task of a scene, and returns it after all that happens to it. */
async function run(scene: Scene, pack: ScenePack): Promise<TaskReport> {
  const staged = stageScene(scene, pack, mock.url, 'scene');
  if (staged.call === null) throw new Error(staged.reason);
  const { url, ...rest } = staged.call;
  const answer = await fetch(url, rest);
  expect(answer.ok, await answer.text()).toBe(true);
  await mock.clock.advance('2d');
  const task = mock.tasks.all().at(-1);
  if (task === undefined) throw new Error('the submission did not create a task');
  return task;
}

/** What happens to the last delivery of the task of each scene: its outcomes, and its status. */
const COURSES: Readonly<Record<string, readonly [outcomes: readonly string[], status: string]>> = {
  success: [['acknowledged 200'], 'acknowledged'],
  errors: [['rejected 500', 'rejected 500', 'acknowledged 200'], 'acknowledged'],
  timeout: [['timeout null', 'acknowledged 200'], 'acknowledged'],
  'no-answer': [['timeout null', 'timeout null', 'timeout null', 'timeout null'], 'abandoned'],
  duplicate: [['acknowledged 200'], 'acknowledged'],
  'lost-acknowledgement': [['timeout 200', 'acknowledged 200'], 'acknowledged'],
  moderation: [['acknowledged 200'], 'acknowledged'],
  'expired-media': [['acknowledged 200'], 'acknowledged'],
};

describe('the scenes', () => {
  afterEach(() => mock.close());

  it.each(SCENES)('show what they say: $title', async (scene) => {
    const task = await run(scene, await servePack('runway'));
    const [outcomes, status] = COURSES[scene.name] ?? [];
    const last = task.deliveries.at(-1);
    expect(last?.attempts.map((one) => `${one.outcome} ${one.status}`)).toEqual(outcomes);
    expect(last?.status).toBe(status);
    expect(task.deliveries.map(({ why }) => why)).toEqual(
      scene.name === 'duplicate' ? ['outcome', 'duplicate'] : ['outcome'],
    );
    const failures = scene.name === 'moderation' ? /^fail\./ : /^success$/;
    expect(task.outcome).toMatch(failures);
  });

  it('serve media that has expired, where they say so', async () => {
    const scene = SCENES.find(({ name }) => name === 'expired-media');
    if (scene === undefined) throw new Error('the scene does not exist');
    await run(scene, await servePack('runway'));
    const [sent] = mock.journal.entries({ type: 'sink.received' });
    const [media = ''] = /http:[^"]+\.mp4/.exec(String(sent?.type === 'sink.received' && sent.body)) ?? [];
    expect((await fetch(media)).status).toBe(410);
  });

  it.each(PACKS)('run with the pack %s alone, or give a reason', async (name) => {
    const pack = await servePack(name);
    const reasons: string[] = [];
    for (const scene of SCENES) {
      const staged = stageScene(scene, pack, mock.url, 'scene');
      if (staged.call === null) {
        reasons.push(staged.reason);
        continue;
      }
      const task = await run(scene, pack);
      expect(task.scenario).toBe(staged.scenario);
      if (scene.needsCallback) expect(task.deliveries, scene.title).not.toEqual([]);
    }
    const hasCallbacks = pack.operations.some((one) => (one.callbackUrlAt ?? one.callbackUrlIn) !== null);
    const hasModeration = pack.scenarios.some(({ failureClass }) => failureClass === 'moderation');
    expect(reasons).toEqual([
      ...(hasCallbacks ? [] : Array.from({ length: 5 }, () => `${name} does not have callbacks`)),
      ...(hasModeration ? [] : [`${name} does not document a moderation failure`]),
    ]);
  });
});

describe('the documentation of the scenes', () => {
  it('lists all of them', () => {
    const page = readFileSync(join(import.meta.dirname, '../../docs/how-to/console.md'), 'utf8');
    const titles = [...page.matchAll(/^\| ([^|]+) \| /gm)].map(([, title]) => title);
    expect(titles.slice(1)).toEqual(SCENES.map(({ title }) => title));
  });
});
