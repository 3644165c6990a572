import { readFileSync } from 'node:fs';
import { CodedError, createCertificate, createMockServer, type MockServer } from '../mock-server/index.ts';
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
  readonly tls?: string | true;
  readonly adminToken?: string;
  readonly quiet?: boolean;
  readonly watch?: boolean;
  /** How much shorter the waits of clients are than in production; verdicts on their pace depend on it. */
  readonly timeScale?: number;
}

/** Runs the mock until it is told to stop. */
export async function start(flags: StartFlags, printer: Printer): Promise<number> {
  const { port, host, cert: _cert, keyFile: _keyFile, tls: _tls, quiet, ...rest } = flags;
  const certificate = await certificateOf(flags, printer);
  const { timeScale = 1, ...options } = rest;
  const mock = createMockServer({
    ...serverOptions(options),
    onTrouble: warn,
    // Loaded when somebody asks for verdicts.
    judge: async (entries, packs) => {
      const { judgeJournal } = await import('../contract-tests/client/judge-journal.ts');
      const time = rest.clock === 'virtual' ? 'service' : 'wall';
      return judgeJournal(entries, packs, { timeScale, time, concurrency: rest.concurrency ?? null });
    },
  });
  const stopped = untilStopped();
  await mock.listen({ port, host, ...(certificate === null ? {} : { tls: certificate }) });
  greet(mock, printer);
  warnOfRefusals(mock);
  if (quiet !== true) follow(mock, printer);
  await stopped;
  printer.line('\nstopping: attempts under way may end');
  await mock.close();
  printer.object({ type: 'stopped' });
  return EXIT.ok;
}

/** The certificate to serve TLS with: the user's, or one of our own; null for plain HTTP. */
async function certificateOf(
  { host, cert, keyFile, tls }: Pick<StartFlags, 'host' | 'cert' | 'keyFile' | 'tls'>,
  printer: Printer,
): Promise<{ cert: string; key: string } | null> {
  if (tls !== undefined) {
    if (cert !== undefined || keyFile !== undefined) {
      throw new CodedError('OPTION_INVALID', '--tls makes a certificate; leave out --cert and --key-file');
    }
    const own = await createCertificate(tls === true ? '.stuntdouble' : tls, host);
    printer.object({ type: 'certificate', caFile: own.caFile });
    printer.line(`trust ${own.caFile} to call it over https, like NODE_EXTRA_CA_CERTS=${own.caFile}`);
    return own;
  }
  if (cert === undefined && keyFile === undefined) return null;
  if (cert === undefined || keyFile === undefined) {
    throw new CodedError(
      'OPTION_INVALID',
      '--cert and --key-file belong together',
      'Give both, or --tls for a certificate of our own.',
    );
  }
  return { cert: readPem(cert), key: readPem(keyFile) };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError('OPTION_INVALID', `${file} cannot be read: ${(error as Error).message}`);
  }
}

/** Errors go to stderr, so that --json stays JSON. */
function warn(message: string): void {
  process.stderr.write(`warning: ${message}\n`);
}

/** However quiet it shall be: who edits a pack must not wonder why nothing changes. */
function warnOfRefusals(mock: MockServer): void {
  mock.journal.subscribe((entry) => {
    if (entry.type !== 'pack.refused') return;
    warn(`the edit of pack ${entry.pack} is not taken; it is played as before:\n${entry.problem}`);
  });
}

function greet(mock: MockServer, printer: Printer): void {
  const packs = mock.packs.map(({ name, profile }) => ({ name, profile }));
  printer.object({ type: 'listening', url: mock.url, packs, adminToken: mock.adminToken });
  const { paint, line } = printer;
  line(`stuntdouble ${paint('bold', `listening on ${mock.url}`)}`);
  line(`  plays      ${packs.map(({ name, profile }) => `${name} (${profile})`).join(', ')}`);
  line(`  clock      ${mock.clock.mode}, ${mock.clock.now().toISOString()}`);
  if (mock.data !== null) line(`  data       ${dataLine(mock)}`);
  const token = mock.adminToken === null ? '' : `#token=${mock.adminToken}`;
  line(`  console    ${mock.url}/__console/${token}`);
  line(`  admin      ${mock.url}/__admin/health`);
  if (mock.adminToken !== null)
    line(`  token      ${mock.adminToken}  (admin calls need it: Authorization: Bearer …)`);
  if (mock.blocksOwnHost)
    line(`  callbacks  not to this machine, because any key is accepted (--api-key, --allow-callback)`);
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
