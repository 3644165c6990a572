import { readFileSync } from 'node:fs';
import { createMockServer, type MockServer } from '../mock-server/index.ts';
import { describeEntry } from './describe-entry.ts';
import { EXIT } from './exit-codes.ts';
import type { Printer } from './print.ts';
import { type ServerFlags, serverOptions } from './server-options.ts';
import { untilStopped } from './until-stopped.ts';

export interface StartFlags extends ServerFlags {
  readonly port: number;
  readonly host: string;
  readonly cert?: string;
  readonly keyFile?: string;
  readonly adminToken?: string;
  readonly quiet?: boolean;
}

/** Runs the mock until it is told to stop. */
export async function start(flags: StartFlags, printer: Printer): Promise<number> {
  const { port, host, cert, keyFile, quiet, ...rest } = flags;
  const mock = createMockServer({ ...serverOptions(rest), onTrouble: warn });
  const tls =
    cert === undefined || keyFile === undefined
      ? undefined
      : { cert: readFileSync(cert, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  const stopped = untilStopped();
  await mock.listen({ port, host, ...(tls === undefined ? {} : { tls }) });
  greet(mock, printer);
  if (quiet !== true) follow(mock, printer);
  await stopped;
  printer.line('\nstopping: attempts under way may end, new ones do not begin');
  await mock.close();
  printer.object({ type: 'stopped' });
  return EXIT.ok;
}

/** Errors go to stderr, so that --json stays JSON. */
function warn(message: string): void {
  process.stderr.write(`warning: ${message}; going on from memory\n`);
}

function greet(mock: MockServer, printer: Printer): void {
  const packs = mock.packs.map(({ name, profile }) => ({ name, profile }));
  printer.object({ type: 'listening', url: mock.url, packs, adminToken: mock.adminToken });
  const { paint, line } = printer;
  line(`stuntdouble ${paint('bold', `listening on ${mock.url}`)}`);
  line(`  plays      ${packs.map(({ name, profile }) => `${name} (${profile})`).join(', ')}`);
  line(`  clock      ${mock.clock.mode}, ${mock.clock.now().toISOString()}`);
  if (mock.data !== null) line(`  data       ${dataLine(mock)}`);
  line(`  admin      ${mock.url}/__admin/health`);
  if (mock.adminToken !== null)
    line(`  token      ${mock.adminToken}  (admin calls need it: Authorization: Bearer …)`);
  line(`  scenarios  send X-Mock-Scenario: fail.nsfw, or see "stuntdouble scenarios"`);
  line('');
}

function dataLine(mock: MockServer): string {
  const { dir = '', repairedBytes = 0 } = mock.data ?? {};
  const tasks = mock.tasks.all();
  const open = tasks.filter(({ deliveries }) => deliveries.some(({ status }) => status === 'pending')).length;
  const torn = repairedBytes > 0 ? `; removed a torn last line (${repairedBytes} bytes)` : '';
  return `${dir}, ${tasks.length} tasks taken over, ${open} with callbacks to come${torn}`;
}

function follow(mock: MockServer, printer: Printer): void {
  mock.journal.subscribe((entry) => {
    printer.object(entry);
    if (printer.json) return;
    const text = describeEntry(entry, printer);
    if (text !== null) printer.line(`${entry.wallAt.slice(11, 23)} ${text}`);
  });
}
