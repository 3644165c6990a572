import type { Account } from '../../core/types.ts';
import type { Courier } from '../../delivery/courier.ts';
import type { AttemptResult, OutgoingCallback } from '../../delivery/post-callback.ts';
import type { SubmitCommand } from '../../engine/commands.ts';
import { presentEntry } from '../../journal/unpack-entry.ts';
import { createParts } from '../../mock-parts.ts';
import type { MockServerOptions } from '../../options.ts';
import type { Fleet } from '../fleet.ts';
import type { Store } from '../store.ts';

export const ACKNOWLEDGED: AttemptResult = {
  ...{ outcome: 'acknowledged', status: 200, firstByteMs: 1 },
  ...{ durationMs: 1, answer: '', detail: null },
};

/** Answers an attempt as a receiver would. */
export type Receive = (url: string, outgoing: OutgoingCallback) => AttemptResult | Promise<AttemptResult>;

export interface ReplicaOptions extends MockServerOptions {
  readonly store: Store;
  readonly receive?: Receive;
  readonly snapshotAfter?: number;
}

/** Opens a replica without a server. */
export async function openReplica({
  receive = () => ACKNOWLEDGED,
  snapshotAfter,
  ...options
}: ReplicaOptions) {
  const courier: Courier = {
    async post(url, prepare) {
      const outgoing = await prepare();
      return outgoing === null ? null : receive(url, outgoing);
    },
    interrupt: () => undefined,
    close: async () => undefined,
  };
  const parts = createParts({ clock: 'virtual', seed: 7, ...options, courier });
  const { engine, journal, shelf, commands, clock } = parts;
  const { fleet } = parts;
  if (fleet === null) throw new Error('expected a fleet');
  const { store } = options;
  const joining = { store, fingerprint: 'same', engine, journal, packs: shelf.byName, courier };
  await fleet.join(snapshotAfter === undefined ? joining : { ...joining, snapshotAfter });
  return {
    ...{ engine, journal, commands, clock },
    fleet: fleet as Fleet & { readonly replica: string },
    submit: (change: Partial<SubmitCommand> = {}) => commands.run({ ...SUBMIT, ...change }),
    /** The journal of all replicas, as it is shown. */
    async entries() {
      await commands.gathered();
      return journal.entries().map((entry) => presentEntry(entry, journal.secrets));
    },
  };
}

export type OpenReplica = Awaited<ReturnType<typeof openReplica>>;

const request = {
  ...{ prompt: 'A cat', duration: 5, quality: '720p', aspectRatio: '16:9' },
  callBackUrl: 'http://127.0.0.1:1/hook',
};

const SUBMIT: SubmitCommand = {
  ...{ type: 'submit', pack: 'runway', operation: 'generate-ai-video', account: 'key-1' as Account },
  ...{ request, bodyText: JSON.stringify(request), pathParams: null, scenario: null },
  ...{ parts: { query: {}, headers: {}, pathParams: {} }, isCall: true },
  origin: 'http://media.test',
};
