import { createMockServer, type MockServer, type Pack, type PackEvent } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { findCallbackShape, type JsonValue, type SampleBodies } from './callback-shape.ts';

/** Sample bodies of an event, and what the pack can send for it. */
export interface EventSamples {
  readonly bodies: SampleBodies;
  /** Slugs of the failures that the event reports. */
  readonly failures: readonly string[];
  /** Profile whose success lists the most media; null if none of them lists several. */
  readonly listProfile: string | null;
}

const ORIGIN = 'http://127.0.0.1:9';
const TO = { to: `${ORIGIN}/callback` };

/** Renders sample bodies of an event: a success in each profile, and each failure in the profile of the pack. */
export async function collectSamples(
  pack: Pack,
  { name: event }: PackEvent,
  secret: string | null,
): Promise<EventSamples> {
  const own = await withMock(pack, pack.profile, secret, async (mock) => ({
    ...(await sampleSuccess(mock, event)),
    failures: await sampleFailures(mock, pack, event),
  }));
  const counts: [profile: string, media: number][] = [];
  for (const profile of pack.profiles) {
    // A pack is compiled for one profile, so the success of another profile needs another mock.
    const sample =
      profile === pack.profile
        ? own
        : await withMock(pack, profile, secret, (mock) => sampleSuccess(mock, event));
    counts.push([profile, listedMedia(sample)]);
  }
  const [listProfile, most] = counts.toSorted(([, a], [, b]) => b - a)[0] ?? [null, 0];
  const [failure] = own.failures;
  return {
    bodies: { taskId: own.taskId, success: own.success, failure: failure?.sample ?? null },
    failures: own.failures.map(({ slug }) => slug),
    listProfile: most < 2 ? null : listProfile,
  };
}

type SampleSuccess = Pick<SampleBodies, 'taskId' | 'success'>;

interface SampleFailure {
  readonly slug: string;
  readonly sample: NonNullable<SampleBodies['failure']>;
}

async function withMock<Value>(
  pack: Pack,
  profile: string,
  secret: string | null,
  use: (mock: MockServer) => Promise<Value>,
): Promise<Value> {
  const mock = createMockServer({
    builtIn: false,
    packs: [pack.dir],
    profile,
    clock: 'virtual',
    rateLimit: 'off',
    publicUrl: ORIGIN,
    ...(secret === null ? {} : { secret }),
  });
  try {
    return await use(mock);
  } finally {
    await mock.close();
  }
}

async function sampleSuccess(mock: MockServer, event: string): Promise<SampleSuccess> {
  const { namedId: taskId, body } = await stagingOf(mock).stage(event, TO);
  return { taskId, success: JSON.parse(body) as JsonValue };
}

async function sampleFailures(mock: MockServer, pack: Pack, event: string): Promise<SampleFailure[]> {
  const failures: SampleFailure[] = [];
  for (const [slug, { code, messages }] of pack.failures) {
    const { namedId: taskId, body } = await stagingOf(mock).stage(event, { ...TO, scenario: `fail.${slug}` });
    const message = Object.values(messages).find((own) => body.includes(JSON.stringify(own))) ?? '';
    const sample = { taskId, body: JSON.parse(body) as JsonValue, code: String(code), message };
    failures.push({ slug, sample });
  }
  return failures;
}

/** Returns the number of media that a success has in lists. */
function listedMedia(success: SampleSuccess): number {
  const { media } = findCallbackShape({ ...success, failure: null });
  return media.filter((place) => typeof place.at(-1) === 'number').length;
}
