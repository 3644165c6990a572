import { readFileSync } from 'node:fs';
import {
  CodedError,
  createCertificate,
  createMockServer,
  type MockServer,
  type MockServerOptions,
} from '../mock-server/index.ts';
import { isLoopback, preload } from '../mock-server/internal.ts';
import { visible } from '../mock-server/pages/visible.ts';
import { describeAddresses, type ServedPack } from './describe-addresses.ts';
import { EXIT } from './exit-codes.ts';
import { createFollower } from './follow-journal.ts';
import { judgeInWorker, preloadJudge } from './judge-in-worker.ts';
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
  readonly store?: string;
  /** The factor by which the waits of clients are shorter than in production, for verdicts on their pace. */
  readonly timeScale?: number;
}

/** Runs the mock until it receives a signal. */
export async function start(flags: StartFlags, printer: Printer): Promise<number> {
  const { port, host, cert: _cert, keyFile: _keyFile, tls: _tls, quiet, ...rest } = flags;
  const certificate = await certificateOf(flags, printer);
  const { timeScale = 1, ...options } = rest;
  const mock = createMockServer({
    ...serverOptions(options),
    ...storeOf(options),
    onTrouble: warn,
    judge: judgeInWorker({
      timeScale,
      time: rest.clock === 'virtual' ? 'service' : 'wall',
      concurrency: rest.concurrency ?? null,
    }),
  });
  const stopped = untilStopped();
  await mock
    .listen({ port, host, ...(certificate === null ? {} : { tls: certificate }) })
    .catch(async (error) => {
      // Otherwise, the watched folders of packs would keep the process running.
      await mock.close();
      throw error;
    });
  greet(mock, printer);
  if (rest.store !== undefined)
    printer.line('  calls are not printed, because each replica would print those of all\n');
  else warnOfRefusals(mock);
  const follower = quiet === true || rest.store !== undefined ? null : createFollower(printer);
  if (follower !== null) mock.journal.subscribe(follower.entry);
  // Deferred, so that a process that waits for the line above does not wait for these modules.
  setImmediate(loadTheRest);
  await stopped;
  follower?.end();
  printer.line('\nstopping; waiting for callbacks in flight');
  await mock.close();
  printer.object({ type: 'stopped' });
  return EXIT.ok;
}

/** Replicas do not reload packs, because all of them must have the same. */
function storeOf({ store }: Pick<StartFlags, 'store'>): Pick<MockServerOptions, 'store' | 'watch'> {
  return store === undefined ? {} : { store, watch: false };
}

/** Loads all remaining modules while file descriptors are available, because a mock without any must still answer. */
function loadTheRest(): void {
  // Sequential, because the judge alone opens about forty files at once.
  const loaded = preload().then(preloadJudge);
  loaded.catch((error: Error) => {
    warn(`some modules could not be loaded, so calls may fail later: ${error.message}`);
  });
}

/** Returns the certificate for HTTPS, from the user or generated; null for HTTP. */
async function certificateOf(
  { host, cert, keyFile, tls }: Pick<StartFlags, 'host' | 'cert' | 'keyFile' | 'tls'>,
  printer: Printer,
): Promise<{ cert: string; key: string } | null> {
  if (tls !== undefined) {
    if (cert !== undefined || keyFile !== undefined) {
      throw new CodedError(
        'OPTION_INVALID',
        '--tls generates a certificate and cannot be combined with --cert or --key-file.',
        'Remove --tls, or remove --cert and --key-file.',
      );
    }
    const own = await createCertificate(tls === true ? '.stuntdouble' : tls, host);
    printer.object({ type: 'certificate', caFile: own.caFile });
    printer.line(
      `to call it over HTTPS, trust ${own.caFile}, for example with NODE_EXTRA_CA_CERTS=${own.caFile}`,
    );
    return own;
  }
  if (cert === undefined && keyFile === undefined) return null;
  if (cert === undefined || keyFile === undefined) {
    throw new CodedError(
      'OPTION_INVALID',
      '--cert and --key-file are required together.',
      'Pass both, or pass --tls for a generated certificate.',
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
      `Cannot read the file of ${flag}: ${(error as Error).message}`,
      'Pass the path of a PEM file.',
    );
  }
}

/** Prints a warning on stderr, so that stdout contains only JSON under --json. */
function warn(message: string): void {
  process.stderr.write(`warning: ${visible(message)}\n`);
}

/** Warns about rejected edits of packs, even with --quiet, because the edit would otherwise seem to have no effect. */
function warnOfRefusals(mock: MockServer): void {
  mock.journal.subscribe((entry) => {
    if (entry.type !== 'pack.refused') return;
    warn(`pack ${entry.pack} failed to reload; still serving the previous version:\n${entry.problem}`);
  });
}

function greet(mock: MockServer, printer: Printer): void {
  const packs = servedPacks(mock);
  const { url, address, adminToken } = mock;
  printer.object({ type: 'listening', url, address, interfaces: interfacesOf(address), packs, adminToken });
  const { paint, line } = printer;
  line(`stuntdouble ${paint('bold', `listening on ${mock.url}`)}`);
  line(`  interfaces ${describeInterfaces(address)}`);
  for (const text of describeAddresses(packs, url)) line(text);
  line(`  clock      ${mock.clock.mode}, ${mock.clock.now().toISOString()}`);
  if (mock.data !== null) line(`  data       ${dataLine(mock)}`);
  const token = mock.adminToken === null ? '' : `#token=${mock.adminToken}`;
  line(`  console    ${mock.url}/__console/${token}`);
  line(`  admin      ${mock.url}/__admin/health`);
  if (mock.adminToken !== null)
    line(`  token      ${mock.adminToken}  (required for admin calls: Authorization: Bearer …)`);
  if (mock.blocksOwnHost)
    line(
      `  callbacks  not sent to this machine, because any key is accepted; set --api-key or --allow-callback`,
    );
  line(`  scenarios  send X-Mock-Scenario: fail.nsfw; run "stuntdouble scenarios" for the full list`);
  line('');
}

function servedPacks(mock: MockServer): ServedPack[] {
  const profiles = new Map(mock.packs.map(({ name, profile }) => [name, profile]));
  return mock
    .addresses()
    .map(({ pack, ...address }) => ({ name: pack, profile: profiles.get(pack) ?? '', ...address }));
}

/** Returns the network interfaces that an address refers to. */
export function interfacesOf(address: string): 'all' | 'loopback' | 'one' {
  if (address === '0.0.0.0' || address === '::') return 'all';
  return isLoopback(address) ? 'loopback' : 'one';
}

function describeInterfaces(address: string): string {
  switch (interfacesOf(address)) {
    case 'all':
      return `all interfaces (${address}), reachable from other machines`;
    case 'loopback':
      return `loopback (${address}), reachable only from this machine`;
    default:
      return `${address}, reachable from other machines`;
  }
}

function dataLine(mock: MockServer): string {
  const { dir = '', repairedBytes = 0 } = mock.data ?? {};
  const { total, calling } = mock.tasks.count();
  const torn = repairedBytes > 0 ? `; removed an incomplete last line (${repairedBytes} bytes)` : '';
  return `${dir}, ${total === 1 ? '1 task' : `${total} tasks`} restored, ${calling} with pending callbacks${torn}`;
}
