import type { OptionNames } from './core/refuse-unknown-options.ts';
import type { RedeliverOptions } from './engine/redelivery.ts';
import type { JournalFilter } from './journal/matches-filter.ts';
import type { EnqueueOptions, ListenOptions, TriggerOptions } from './mock-server.ts';
import type { MockServerOptions } from './options.ts';
import type { QuietOptions } from './until-quiet.ts';

/** Names of all options of a mock. */
export const MOCK_SERVER_OPTIONS: OptionNames<MockServerOptions> = {
  packs: true,
  builtIn: true,
  profile: true,
  only: true,
  mounts: true,
  scenario: true,
  seed: true,
  clock: true,
  startAt: true,
  speed: true,
  ackTimeout: true,
  retries: true,
  retryGaps: true,
  ackStatus: true,
  secret: true,
  apiKeys: true,
  allowCallback: true,
  cors: true,
  concurrency: true,
  queue: true,
  rateLimit: true,
  keep: true,
  keepBytes: true,
  data: true,
  durability: true,
  snapshotAfter: true,
  snapshotEvery: true,
  onTrouble: true,
  watch: true,
  retryAfter: true,
  publicUrl: true,
  slowAnswer: true,
  grace: true,
  adminToken: true,
  store: true,
  courier: true,
  judge: true,
};

/** Options of a mock that belong to another call. */
export const ELSEWHERE = { port: 'listen()', host: 'listen()', tls: 'listen()' };

/** Names of the options of each call of a mock. */
export const OPTIONS_OF = {
  listen: { port: true, host: true, tls: true } satisfies OptionNames<ListenOptions>,
  trigger: { to: true, scenario: true, apiKey: true } satisfies OptionNames<TriggerOptions>,
  redeliver: { to: true, forged: true } satisfies OptionNames<RedeliverOptions>,
  enqueue: { times: true, apiKey: true } satisfies OptionNames<EnqueueOptions>,
  entries: { type: true, taskId: true, since: true, upTo: true } satisfies OptionNames<JournalFilter>,
  quiet: { quietFor: true, timeout: true } satisfies OptionNames<QuietOptions>,
};
