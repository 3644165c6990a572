import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openReceiver } from '../../fixtures/receivers/scripted-receiver.ts';
import { createMockServer, type MockServer } from '../index.ts';
import { PACKAGE_ROOT } from '../packs/package-root.ts';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const PARAMS = '{"big":12345678901234567890,"one":1.0,"hundred":1e2,"zero":-0,"plain":[1,0.5,"1.0"]}';

/** Every form in which a pack can return parts of a request. */
const ECHOES = `
        params: $request.body#/params
        one: $request.body#/params/one
        text: $request.body#/params | jsonString
        inside: 'one={$request.body#/params/one} all={$request.body#/params}'
        whole: { $jsonString: { big: $request.body#/params/big } }
        when: $request.body#/params/hundred | isoDateTime
        flag: $request.body#/params/zero | flag`;

/** Creates a copy of the fixture pack with these forms in its answers and callbacks. */
function echoingPack(): string {
  const home = mkdtempSync(join(tmpdir(), 'stuntdouble-echo-'));
  opened.push(() => rmSync(home, { recursive: true, force: true }));
  cpSync(join(PACKAGE_ROOT, 'fixtures/packs/acme-video'), home, { recursive: true });
  const path = join(home, 'lifecycle.yaml');
  const source = readFileSync(path, 'utf8');
  const edited = source.replace(/( {8}created: .*)/, `$1${ECHOES}`);
  if (edited === source) throw new Error('the fixture pack has no such line');
  writeFileSync(path, edited);
  return home;
}

async function start(pack: string, data: string): Promise<MockServer> {
  const mock = await createMockServer({ builtIn: false, packs: [pack], clock: 'virtual', data }).listen();
  opened.push(() => mock.close());
  return mock;
}

const headers = { authorization: 'Bearer k', 'content-type': 'application/json' };

function expectExact(body: string): void {
  expect(body).toContain(`"params":${PARAMS}`);
  expect(body).toContain('"one":1.0,');
  expect(body).toContain(`"text":${JSON.stringify(PARAMS)}`);
  expect(body).toContain(JSON.stringify(`one=1.0 all=${PARAMS}`));
  expect(body).toContain(`"whole":${JSON.stringify('{"big":12345678901234567890}')}`);
  expect(body).toContain('"when":"1970-01-01T00:00:00.100Z","flag":0');
}

describe('numbers of a request', () => {
  it('are returned as they were written, in answers and callbacks, before and after a restart', async () => {
    const receiver = await openReceiver();
    opened.push(() => receiver.close());
    const pack = echoingPack();
    const data = mkdtempSync(join(tmpdir(), 'stuntdouble-echo-data-'));
    opened.push(() => rmSync(data, { recursive: true, force: true }));
    const before = await start(pack, data);
    const created = await fetch(`${before.url}/v2/clips`, {
      method: 'POST',
      headers,
      // The validated part also has an unusual number; the document requires 5 or 10.
      body: `{ "prompt": "p", "seconds": 5.0, "notify_url": "${receiver.url}", "params": ${PARAMS} }`,
    });
    expect(created.status).toBe(202);
    const { clip_id } = (await created.json()) as { clip_id: string };
    const poll = async (mock: MockServer) =>
      (await fetch(`${mock.url}/v2/clips/${clip_id}`, { headers })).text();
    expectExact(await poll(before));
    expect(before.tasks.get(clip_id)?.plan.request).toMatchObject({
      seconds: 5,
      params: { one: 1, zero: -0 },
    });
    await before.close();

    const after = await start(pack, data);
    expectExact(await poll(after));
    await after.clock.advance('1h');
    const [post] = await receiver.received(1);
    expectExact(post?.body ?? '');
    expectExact(await poll(after));
  });

  it('are kept as text only if a request needs it', async () => {
    const mock = await start(echoingPack(), mkdtempSync(join(tmpdir(), 'stuntdouble-echo-data-')));
    for (const seconds of ['5', '5.0']) {
      const body = `{"prompt":"${seconds}","seconds":${seconds}}`;
      await fetch(`${mock.url}/v2/clips`, { method: 'POST', headers, body });
    }
    expect(mock.tasks.all().map(({ plan }) => plan.requestText)).toEqual([
      null,
      '{"prompt":"5.0","seconds":5.0}',
    ]);
  });
});
