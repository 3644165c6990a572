import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Courier,
  createCertificate,
  createMockServer,
  type MockServer,
  type OwnCertificate,
  type Pack,
} from '../../mock-server/index.ts';
import { createCourier } from '../../mock-server/internal.ts';
import { readMs } from '../read-duration.ts';
import { guardedRequests, type OpenRequest } from './guarded-request.ts';
import { createLagMeter, type LagMeter } from './lag-meter.ts';
import { type Observations, observe } from './observations.ts';
import { createPace, type Pace } from './pace.ts';
import { createProbe, type Probe } from './probe.ts';
import type { ReceiverOptions } from './receiver-options.ts';
import { createSystem, type SystemUnderTest } from './system-under-test.ts';

/** Resources that stay open for the whole run. */
export interface Means {
  readonly mock: MockServer;
  /** Returns the mock whose successes list several media; it is opened on first use. */
  readonly listMock: (profile: string) => Promise<MockServer>;
  readonly observations: Observations;
  readonly courier: Courier;
  /** Sends requests that the courier cannot send. */
  readonly request: OpenRequest;
  readonly probe: Probe | null;
  readonly system: SystemUnderTest | null;
  readonly pace: Pace;
  readonly lag: LagMeter;
}

export interface Setting {
  readonly pack: Pack;
  readonly url: URL;
  readonly seed: string;
  readonly keep: (thing: { close(): unknown }) => void;
}

/** Opens the mock, the courier, and the observers of a run. */
export async function openMeans(
  options: ReceiverOptions,
  { pack, url, seed, keep }: Setting,
): Promise<Means> {
  const tls = options.tls === undefined ? null : await createCertificate(options.tls, options.mediaHost);
  const courier = createCourier({ allow: [url.hostname] });
  keep(courier);
  const openMock = async (profile: string, port: number): Promise<MockServer> => {
    const own = await listeningMock(options, { pack, profile, port, tls, seed, allow: url.hostname });
    keep(own);
    return own;
  };
  const mock = await openMock(pack.profile, options.apiPort ?? 0);
  const observations = observe(mock);
  keep(observations);
  const lag = createLagMeter();
  keep(lag);
  const { submit = null, restartCommand = null, restart = null } = options;
  const canAct = submit !== null || restartCommand !== null || restart !== null;
  let listMock: Promise<MockServer> | undefined;
  return {
    mock,
    observations,
    courier,
    request: guardedRequests([url.hostname]),
    lag,
    probe: options.probe === undefined ? null : createProbe(options.probe),
    system: canAct ? createSystem({ mock, submit, restartCommand, restart }) : null,
    pace: createPace(options.settle === undefined ? null : readMs('settle', options.settle)),
    listMock(profile) {
      listMock ??= openMock(profile, 0).then((own) => {
        observations.add(own);
        return own;
      });
      return listMock;
    },
  };
}

interface MockSetting {
  readonly pack: Pack;
  readonly profile: string;
  readonly port: number;
  readonly tls: OwnCertificate | null;
  readonly seed: string;
  readonly allow: string;
}

/** Starts the mock that serves media and API for all cases until the run ends. */
async function listeningMock(
  { mediaHost, secret }: ReceiverOptions,
  { pack, profile, port: wanted, tls, seed, allow }: MockSetting,
): Promise<MockServer> {
  const port = mediaHost !== undefined && wanted === 0 ? await freePort() : wanted;
  const scheme = tls === null ? 'http' : 'https';
  return createMockServer({
    builtIn: false,
    packs: [pack.dir],
    profile,
    clock: 'virtual',
    rateLimit: 'off',
    seed,
    grace: 0,
    allowCallback: [allow],
    ...(mediaHost === undefined ? {} : { publicUrl: `${scheme}://${mediaHost}:${port}` }),
    ...(secret === undefined ? {} : { secret }),
  }).listen({ port, ...(tls === null ? {} : { tls }) });
}

/** Finds a free port, because the media URL must be known before the mock listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
