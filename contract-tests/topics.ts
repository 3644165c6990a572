import type { Pack } from '../mock-server/index.ts';

type Fact = Pack['facts'][number];

/**
 * Places in a pack's lifecycle.yaml that cases are based on, as JSON Pointers in which `*` is any key. The first one
 * that facts are about counts; a fact about a place above it covers it.
 */
const TOPICS = {
  acknowledgement: ['/delivery/ackStatus', '/delivery/ackTimeout', '/events/*/sentOnce', '/delivery'],
  ackTimeout: ['/delivery/ackTimeout', '/delivery/gaps', '/delivery'],
  handshake: ['/delivery/handshake', '/delivery'],
  retries: ['/delivery/retries', '/events/*/sentOnce', '/delivery/gaps', '/delivery'],
  signature: ['/delivery/signature'],
  callbackBody: ['/events/*/bodies', '/events/*'],
  failureBody: ['/events/*/bodies/*', '/events/*/bodies', '/events/*'],
  progressCallbacks: ['/events/*/announces', '/events/*/sentOnce', '/events/*'],
  failureTexts: ['/failures', '/errors'],
  errorCodes: ['/errors/codes', '/errors/answers', '/errors'],
  unknownTask: ['/errors/answers/unknownTask', '/errors/codes', '/errors'],
  key: ['/auth/schemes', '/auth', '/errors/codes', '/errors'],
  promptLength: ['/clients/promptLength'],
  concurrency: ['/limits/concurrencyFailure', '/limits'],
  rateLimit: ['/errors/answers/rateLimited'],
  maintenance: ['/clients/pauseForMaintenance'],
  states: ['/kinds/*/ends', '/kinds/*/steps', '/kinds/*'],
  unknownStates: ['/kinds/*/faultStates', '/kinds/*/steps', '/kinds/*'],
  pollAnswer: ['/operations/*/answers'],
  pollInterval: ['/clients/pollEvery'],
  minimumPollInterval: ['/clients/pollNeverWithin'],
  visibility: ['/task/visibleAfter'],
  mediaLifetime: ['/task/mediaLifetime'],
  taskId: ['/task/id'],
  timeZone: ['/task/timeZone'],
  parent: ['/kinds/*/parent', '/operations/*/parent'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Topic = keyof typeof TOPICS;

/** What a pack says about a topic: facts at or below the first place that has any, else those above one. */
export function topicFacts(pack: Pack, topic: Topic): readonly Fact[] {
  const places = TOPICS[topic].map((place) => place.split('/'));
  const among = (fits: (fact: readonly string[], place: readonly string[]) => boolean): readonly Fact[] => {
    for (const place of places) {
      const found = pack.facts.filter(({ at }) => fits(at.split('/'), place));
      if (found.length > 0) return found;
    }
    return [];
  };
  const below = among((fact, place) => isPrefix(place, fact));
  return below.length > 0 ? below : among((fact, place) => isPrefix(fact, place));
}

function isPrefix(short: readonly string[], long: readonly string[]): boolean {
  return short.length <= long.length && short.every((key, index) => isSame(key, long[index]));
}

function isSame(key: string, other: string | undefined): boolean {
  return key === other || key === '*';
}
