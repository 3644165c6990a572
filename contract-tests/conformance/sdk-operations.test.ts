import RunwayML from '@runwayml/sdk';
import LumaAI from 'lumaai';
import Replicate from 'replicate';
import { describe, expect, it } from 'vitest';
import { loadPacks, type Pack } from '../../mock-server/index.ts';

/**
 * Every method of an SDK is called once with a fetch that only records requests. Each call must be an operation of
 * the pack or be listed there as not mocked, so that the pack defines the answer to every call of a client.
 */

type Method = (...input: readonly unknown[]) => unknown;

/** A call with its ids as they were passed. */
interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
}

/** Returns ids for the path, followed by the other arguments of a method. */
const INPUT = ['one', 'two', 'three'];

/** Arguments of specific methods, by name; several where a method has several routes. */
type Inputs = Readonly<Record<string, readonly (readonly unknown[])[]>>;

async function callsOf(
  open: (fetch: typeof globalThis.fetch) => object,
  inputs: Inputs = {},
): Promise<Call[]> {
  const calls: Call[] = [];
  let name = '';
  const client = open(async (input, init) => {
    const request = new Request(input, init);
    calls.push({ name, method: request.method, path: decodeURIComponent(new URL(request.url).pathname) });
    return Response.json({});
  });
  for (const [method, call] of methodsIn(client, '', new Set([client]))) {
    const before = calls.length;
    for (const given of inputs[method] ?? [INPUT]) {
      name = method;
      // The SDK may fail on an empty answer.
      await Promise.resolve()
        .then(() => call(...given))
        .catch(() => undefined);
    }
    if (calls.length === before) throw new Error(`${method} sent no request`);
  }
  return calls;
}

/** Returns the methods of a client's resources by their path; methods of the client itself are excluded. */
function methodsIn(holder: object, way: string, seen: Set<unknown>): [string, Method][] {
  const names = new Set([...Object.keys(holder), ...(way === '' ? [] : inherited(holder))]);
  return [...names].flatMap((name): [string, Method][] => {
    const value: unknown = holder[name as keyof typeof holder];
    if (name.startsWith('_') || name === 'constructor' || seen.has(value)) return [];
    const here = way === '' ? name : `${way}.${name}`;
    if (typeof value === 'function' && way !== '') return [[here, value.bind(holder) as Method]];
    if (typeof value !== 'object' || value === null || value === console || !isResource(value)) return [];
    seen.add(value);
    return methodsIn(value, here, seen);
  });
}

function inherited(holder: object): string[] {
  const prototype: unknown = Object.getPrototypeOf(holder);
  return prototype === Object.prototype || prototype === null
    ? []
    : Object.getOwnPropertyNames(prototype as object);
}

/** Matches instances of the SDK's resource classes and plain objects that contain functions. */
function isResource(value: object): boolean {
  return (
    '_client' in value || Object.values(value).some((inner) => typeof inner === 'function' || isHolder(inner))
  );
}

function isHolder(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.values(value).some((inner) => typeof inner === 'function' || isHolder(inner))
  );
}

function packNamed(name: string): Pack {
  const pack = loadPacks().find((one) => one.name === name);
  if (pack === undefined) throw new Error(`unknown pack "${name}"`);
  return pack;
}

interface Route {
  readonly method: string;
  readonly path: string;
}

function meets({ method, path }: Route, call: Call): boolean {
  const shape = path.split(/\{\w+\}/).map((text) => text.replaceAll(/[.*+?^$()[\]\\|]/g, '\\$&'));
  return method === call.method && new RegExp(`^${shape.join('[^/]+')}$`).test(call.path);
}

const ANY_BLOB = new Blob(['a cat'], { type: 'image/png' });

const SDKS: readonly (readonly [string, string, () => Promise<Call[]>, number])[] = [
  [
    '@runwayml/sdk',
    'runwayml',
    () =>
      callsOf((fetch) => new RunwayML({ apiKey: 'key', maxRetries: 0, fetch }), {
        'uploads.createEphemeral': [[{ file: new File(['a cat'], 'cat.png') }]],
      }),
    50,
  ],
  [
    'lumaai',
    'dream-machine',
    () => callsOf((fetch) => new LumaAI({ authToken: 'key', maxRetries: 0, fetch: fetch as never })),
    14,
  ],
  [
    'replicate',
    'replicate',
    () =>
      callsOf((fetch) => new Replicate({ auth: 'key', fetch: fetch as never }), {
        'predictions.create': [[{ version: 'one', input: {} }], [{ model: 'one/two', input: {} }]],
        'deployments.predictions.create': [['one', 'two', { input: {} }]],
        'trainings.create': [['one', 'two', 'three', { destination: 'one/two', input: {} }]],
        'deployments.create': [[{ name: 'one' }]],
        'deployments.update': [['one', 'two', { version: 'three' }]],
        'models.create': [['one', 'two', { visibility: 'private', hardware: 'cpu' }]],
        'files.create': [[ANY_BLOB]],
      }),
    25,
  ],
];

describe.each(SDKS)('%s', (_sdk, name, collect, atLeast) => {
  const pack = packNamed(name);

  it('calls only operations that the pack has or lists as not mocked', async () => {
    const calls = await collect();
    expect(calls.length).toBeGreaterThanOrEqual(atLeast);
    const routes: readonly Route[] = [...pack.operations, ...pack.notMocked];
    const unknown = calls.filter((call) => !routes.some((route) => meets(route, call)));
    expect(unknown.map(({ name: method, ...call }) => `${call.method} ${call.path} (${method})`)).toEqual([]);
  });

  it('has a method for every operation that the pack has or lists as not mocked', async () => {
    const calls = await collect();
    const idle = [...pack.operations, ...pack.notMocked].filter(
      (route) => !calls.some((call) => meets(route, call)),
    );
    expect(idle.map(({ method, path }) => `${method} ${path}`)).toEqual([]);
  });

  it('lists no operation of the pack as not mocked', () => {
    const both = pack.notMocked.filter((listed) =>
      pack.operations.some(
        ({ method, path }) =>
          method === listed.method &&
          path.replaceAll(/\{\w+\}/g, '') === listed.path.replaceAll(/\{\w+\}/g, ''),
      ),
    );
    expect(both).toEqual([]);
  });
});
