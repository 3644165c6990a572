import { readFileSync } from 'node:fs';
import { visible } from '../contract-tests/reporters/visible.ts';
import {
  CodedError,
  createCertificate,
  createMockServer,
  isLoopback,
  type MockServer,
  preload,
} from '../mock-server/index.ts';
import { EXIT } from './exit-codes.ts';
import { createFollower } from './follow-journal.ts';
import { judgeAside, preloadJudge } from './judge-aside.ts';
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

/** Runs the mock until a signal stops it. */
export async function start(flags: StartFlags, printer: Printer): Promise<number> {
  const { port, host, cert: _cert, keyFile: _keyFile, tls: _tls, quiet, ...rest } = flags;
  const certificate = await certificateOf(flags, printer);
  const { timeScale = 1, ...options } = rest;
  const mock = createMockServer({
    ...serverOptions(options),
    onTrouble: warn,
    judge: judgeAside({
      timeScale,
      time: rest.clock === 'virtual' ? 'service' : 'wall',
      concurrency: rest.concurrency ?? null,
    }),
  });
  const stopped = untilStopped();
  await mock.listen({ port, host, ...(certificate === null ? {} : { tls: certificate }) });
  greet(mock, printer);
  warnOfRefusals(mock);
  const follower = quiet === true ? null : createFollower(printer);
  if (follower !== null) mock.journal.subscribe(follower.entry);
  // When this is reached, whoever waits for the line above has been served.
  setImmediate(loadTheRest);
  await stopped;
  follower?.end();
  printer.line('\nstopping: attempts in flight may end');
  await mock.close();
  printer.object({ type: 'stopped' });
  return EXIT.ok;
}

/** A mock that runs out of file descriptors must still answer, so everything is loaded while there are some. */
function loadTheRest(): void {
  // One after the other: the judge alone opens some forty files at once.
  const loaded = preload().then(preloadJudge);
  loaded.catch((error: Error) => {
    warn(`not everything could be loaded, so calls may fail later: ${error.message}`);
  });
}

/** The certificate to serve TLS with: the user's, or one of our own; null for plain HTTP. */
async function certificateOf(
  { host, cert, keyFile, tls }: Pick<StartFlags, 'host' | 'cert' | 'keyFile' | 'tls'>,
  printer: Printer,
): Promise<{ cert: string; key: string } | null> {
  if (tls !== undefined) {
    if (cert !== undefined || keyFile !== undefined) {
      throw new CodedError(
        'OPTION_INVALID',
        '--tls generates a certificate, so --cert and --key-file cannot be used with it.',
        'Leave out --tls, or --cert and --key-file.',
      );
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
      '--cert and --key-file are required together.',
      'Give both, or --tls for a generated certificate.',
    );
  }
  return { cert: readPem('--cert', cert), key: readPem('--key-file', keyFile) };
}

function readPem(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `${flag} cannot be read: ${(error as Error).message}`,
      'Give the path of a PEM file.',
    );
  }
}

/** Errors go to stderr, so that --json stays JSON. */
function warn(message: string): void {
  process.stderr.write(`warning: ${visible(message)}\n`);
}

/** Printed under --quiet as well: whoever edits a pack must not wonder why nothing changes. */
function warnOfRefusals(mock: MockServer): void {
  mock.journal.subscribe((entry) => {
    if (entry.type !== 'pack.refused') return;
    warn(`the edited pack ${entry.pack} is refused, and the previous one is still served:\n${entry.problem}`);
  });
}

function greet(mock: MockServer, printer: Printer): void {
  const packs = mock.packs.map(({ name, profile }) => ({ name, profile }));
  const { url, address, adminToken } = mock;
  printer.object({ type: 'listening', url, address, interfaces: interfacesOf(address), packs, adminToken });
  const { paint, line } = printer;
  line(`stuntdouble ${paint('bold', `listening on ${mock.url}`)}`);
  line(`  interfaces ${describeInterfaces(address)}`);
  line(`  mocks      ${packs.map(({ name, profile }) => `${name} (${profile})`).join(', ')}`);
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

/** Which interfaces of the machine an address means. */
export function interfacesOf(address: string): 'all' | 'loopback' | 'one' {
  if (address === '0.0.0.0' || address === '::') return 'all';
  return isLoopback(address) ? 'loopback' : 'one';
}

function describeInterfaces(address: string): string {
  switch (interfacesOf(address)) {
    case 'all':
      return `all interfaces (${address}): other machines can call it`;
    case 'loopback':
      return `loopback (${address}): only this machine can call it`;
    default:
      return `${address}: other machines can call it`;
  }
}

function dataLine(mock: MockServer): string {
  const { dir = '', repairedBytes = 0 } = mock.data ?? {};
  const { total, calling } = mock.tasks.count();
  const torn = repairedBytes > 0 ? `; removed a torn last line (${repairedBytes} bytes)` : '';
  return `${dir}, ${total} tasks restored, ${calling} with callbacks to come${torn}`;
}
