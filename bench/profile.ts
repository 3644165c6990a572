import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { openCaller, openPeers } from './open-caller.ts';
import { openPolledMock } from './open-polled-mock.ts';
import { type FunctionShare, topFunctions } from './top-functions.ts';

const FOLDER = 'bench-profiles';
const CONNECTIONS = 32;
const POLLING_MS = 5_000;
const TASKS = 20_000;
const ALL_AT_ONCE = 20_000;
const SHOWN = 20;

/**
 * Records CPU profiles of the mock while it answers polls and sends callbacks.
 * @returns human-readable lines
 */
export async function profile(bench: Bench): Promise<readonly string[]> {
  mkdirSync(FOLDER, { recursive: true });
  const ofPolling = await profilePolling(bench);
  const ofCallbacks = await profileCallbacks(bench);
  return [...describe('polling', ofPolling), ...describe('callbacks', ofCallbacks)];
}

async function profilePolling(bench: Bench): Promise<string> {
  const generator = bench.open('load-generator');
  const { host, url, request, answer } = await openPolledMock(bench);
  const poll = () =>
    generator.call('generate', {
      url,
      request,
      connections: CONNECTIONS,
      until: { type: 'elapsed', ms: POLLING_MS },
      expect: { status: 200, bodyBytes: answer.bodyBytes },
    });
  bench.say('warming up polling');
  await poll();
  bench.say('profiling polling');
  await host.call('startProfile');
  await poll();
  const file = join(FOLDER, 'polling.cpuprofile');
  await host.call('stopProfile', file);
  return file;
}

async function profileCallbacks(bench: Bench): Promise<string> {
  const caller = await openCaller(bench, await openPeers(bench), { tasks: TASKS, speed: ALL_AT_ONCE });
  const file = join(FOLDER, 'callbacks.cpuprofile');
  bench.say('warming up callbacks');
  await caller.deliver();
  bench.say('profiling callbacks');
  await caller.deliver({
    before: () => caller.host.call('startProfile'),
    after: () => caller.host.call('stopProfile', file),
  });
  return file;
}

function describe(what: string, file: string): string[] {
  const functions = topFunctions(JSON.parse(readFileSync(file, 'utf8')));
  const ours = functions
    .filter(({ place }) => place.startsWith('dist/mock-server/'))
    .sort((a, b) => b.total - a.total);
  return [
    `${what} (${file}): by self time`,
    ...functions.slice(0, SHOWN).map(line),
    '',
    `${what}: functions of this project, by total time`,
    ...ours.slice(0, SHOWN).map(line),
    '',
  ];
}

function line({ name, place, self, total }: FunctionShare): string {
  return `${percent(self)} self  ${percent(total)} total  ${name.padEnd(28)}  ${place}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1).padStart(5)} %`;
}
