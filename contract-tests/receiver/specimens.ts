import { createMockServer, type Pack, type PackEvent } from '../../mock-server/index.ts';
import { stagingOf } from '../../mock-server/internal.ts';
import { findCallbackShape, type JsonValue, type Specimens } from './callback-shape.ts';

/** Sample bodies of an event, and what the pack can send for it. */
export interface CollectedSpecimens {
  readonly specimens: Specimens;
  /** Slugs of the failures that the event reports. */
  readonly failures: readonly string[];
  /** Profile whose success lists the most media; null if none of them lists several. */
  readonly listProfile: string | null;
}

/** Renders sample bodies of an event: a success in each profile, and each failure. */
export async function collectSpecimens(
  pack: Pack,
  event: PackEvent,
  secret: string | null,
): Promise<CollectedSpecimens> {
  const profileMedia: { readonly profile: string; readonly count: number }[] = [];
  for (const profile of pack.profiles) {
    const { success } = await specimensOf(pack, profile, event.name, secret);
    const { media } = findCallbackShape({ ...success, failure: null });
    profileMedia.push({ profile, count: media.filter((place) => typeof place.at(-1) === 'number').length });
  }
  const best = profileMedia.sort((a, b) => b.count - a.count)[0];
  const { success, failures, first } = await specimensOf(pack, pack.profile, event.name, secret);
  const specimens: Specimens = { ...success, failure: first };
  return { specimens, failures, listProfile: best === undefined || best.count < 2 ? null : best.profile };
}

async function specimensOf(pack: Pack, profile: string, event: string, secret: string | null) {
  const mock = createMockServer({
    builtIn: false,
    packs: [pack.dir],
    profile,
    clock: 'virtual',
    rateLimit: 'off',
    publicUrl: 'http://127.0.0.1:9',
    ...(secret === null ? {} : { secret }),
  });
  try {
    const to = 'http://127.0.0.1:9/callback';
    const good = await stagingOf(mock).stage(event, { to });
    const success = { taskId: good.taskId, success: JSON.parse(good.body) as JsonValue };
    const failures: string[] = [];
    let first: Specimens['failure'] = null;
    for (const [slug, { code }] of pack.failures) {
      const { taskId, body: text } = await stagingOf(mock).stage(event, { to, scenario: `fail.${slug}` });
      failures.push(slug);
      const body = JSON.parse(text) as JsonValue;
      const message = Object.values(pack.failures.get(slug)?.messages ?? {}).find((own) =>
        text.includes(JSON.stringify(own)),
      );
      first ??= { taskId, body, code: String(code), message: message ?? '' };
    }
    return { success, failures, first };
  } finally {
    await mock.close();
  }
}
