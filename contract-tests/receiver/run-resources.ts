import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type Courier,
  createCertificate,
  createMockServer,
  type MockServer,
  type OwnCertificate,
} from '../../mock-server/index.ts';
import { createCourier } from '../../mock-server/internal.ts';
import { guardedRequests, type OpenRequest } from './guarded-request.ts';
import { createLagMeter, type LagMeter } from './lag-meter.ts';
import { type Observations, observe } from './observations.ts';
import { createPace, type Pace } from './pace.ts';
import { createProbe, type Probe } from './probe.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import { createSystem, type SystemUnderTest } from './system-under-test.ts';

/** Resources that stay open for the whole run. */
export interface RunResources {
  readonly mock: MockServer;
  /** Returns the mock whose successes list several media files; it is opened on first use. */
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

/**
 * Opens the mock, the courier, and the observers of a run.
 * @param keep takes what must be closed when the run ends
 */
export async function openRunResources(
  settings: ReceiverSettings,
  keep: (thing: { close(): unknown }) => void,
): Promise<RunResources> {
  const { pack, submit, restartCommand, restart, tlsDir, mediaHost, settleMs, nameOption } = settings;
  const { hostname } = new URL(settings.url);
  const tls = tlsDir === null ? null : await createCertificate(tlsDir, mediaHost ?? undefined);
  const courier = createCourier({ allow: [hostname] });
  keep(courier);
  const openMock = async (profile: string, port: number): Promise<MockServer> => {
    const own = await listeningMock(settings, { profile, port, tls, allow: hostname });
    keep(own);
    return own;
  };
  const mock = await openMock(pack.profile, settings.apiPort);
  const observations = observe(mock);
  keep(observations);
  const lag = createLagMeter();
  keep(lag);
  const canAct = submit !== null || restartCommand !== null || restart !== null;
  let listMock: Promise<MockServer> | undefined;
  return {
    mock,
    observations,
    courier,
    request: guardedRequests([hostname]),
    lag,
    probe: settings.probe === null ? null : byKnownId(createProbe(settings.probe), mock),
    system: canAct ? createSystem({ mock, submit, restartCommand, restart, nameOption }) : null,
    pace: createPace(settleMs),
    listMock(profile) {
      listMock ??= openMock(profile, 0).then((own) => {
        observations.add(own);
        return own;
      });
      return listMock;
    },
  };
}

/** Asks about a derived task by the id of its parent, which is the only one that its receiver knows. */
function byKnownId(probe: Probe, mock: MockServer): Probe {
  return (taskId) => {
    const plan = mock.tasks.get(taskId)?.plan;
    const pack = mock.packs.find(({ name }) => name === plan?.pack);
    const sender = pack?.operations.find(({ id }) => id === plan?.operation);
    const isDerived = sender?.type === 'submit' && sender.derives !== null;
    return probe(isDerived ? (plan?.parentId ?? taskId) : taskId);
  };
}

interface MockSetting {
  readonly profile: string;
  readonly port: number;
  readonly tls: OwnCertificate | null;
  readonly allow: string;
}

/** Starts the mock that serves media and API for all cases until the run ends. */
async function listeningMock(
  { pack, seed, mediaHost, secret }: ReceiverSettings,
  { profile, port: wanted, tls, allow }: MockSetting,
): Promise<MockServer> {
  const port = mediaHost !== null && wanted === 0 ? await freePort() : wanted;
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
    ...(mediaHost === null ? {} : { publicUrl: `${scheme}://${mediaHost}:${port}` }),
    ...(secret === null ? {} : { secret }),
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
