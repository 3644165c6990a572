import { describe, expect, it } from 'vitest';
import { createMockServer, loadPacks, type Pack } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { findCallbackShape, type JsonValue, removeAt } from './callback-shape.ts';
import { emptyLike, failureForms } from './failure-forms.ts';

const TO = 'http://127.0.0.1:9/';

async function formsOf(eventName: string, change: (pack: Pack) => Pack = (pack) => pack) {
  const [loaded] = loadPacks().filter(({ events }) => events.has(eventName));
  if (loaded === undefined) throw new Error(`Unknown event "${eventName}".`);
  const pack = change(loaded);
  const mock = createMockServer({ publicUrl: 'http://127.0.0.1:9', clock: 'virtual' });
  const [slug, failure] = [...pack.failures][0] ?? [];
  const good = await stagingOf(mock).stage(eventName, { to: TO });
  const bad = await stagingOf(mock).stage(eventName, { to: TO, scenario: `fail.${slug}` });
  await mock.close();
  const body = JSON.parse(bad.body) as JsonValue;
  const shape = findCallbackShape({
    taskId: good.taskId,
    success: JSON.parse(good.body) as JsonValue,
    failure: { taskId: bad.taskId, body, code: String(failure?.code), message: '' },
  });
  return { body, ...failureForms(pack, shape, body) };
}

describe('a failure without media', () => {
  it('omits the fields if a page omits them', async () => {
    expect((await formsOf('runway.generate')).missing).toEqual({
      code: 400,
      msg: expect.any(String),
      data: { task_id: expect.any(String), video_id: '' },
    });
    expect((await formsOf('dream-machine.generation')).missing).not.toHaveProperty('assets');
  });

  it('keeps the fields if every page requires them', async () => {
    const required = ['video_url', 'poster', 'last_frame'];
    const strict = (pack: Pack): Pack => {
      const document = structuredClone(pack.document);
      Object.assign(document.components?.schemas?.AncestorTask ?? {}, { required });
      return { ...pack, document };
    };
    expect((await formsOf('cometapi.generate', strict)).missing).toBeNull();
    expect((await formsOf('cometapi.generate')).missing).not.toBeNull();
  });

  it('replaces strings with empty strings', async () => {
    expect((await formsOf('runway.extend')).emptied).toMatchObject({
      data: { video_url: '', image_url: '' },
    });
  });

  it('replaces a list with an empty list', async () => {
    expect((await formsOf('luma.modify')).emptied).toMatchObject({ data: { resultUrls: [] } });
  });

  it.each(['dream-machine.generation', 'replicate.prediction'])(
    'keeps the null values of %s',
    async (event) => {
      const { body, emptied } = await formsOf(event);
      expect(emptied).toEqual(body);
    },
  );
});

describe('removeAt', () => {
  it('does not change a body without the place', () => {
    for (const body of [{ assets: null }, {}, { assets: 'none' }]) {
      expect(removeAt(body, [['assets', 'video']])).toEqual(body);
    }
  });
});

it.each([
  ['a', ''],
  [['a'], []],
  [7, 7],
  [undefined, null],
])('the empty form of %j is %j', (value, empty) => {
  expect(emptyLike(value)).toEqual(empty);
});
