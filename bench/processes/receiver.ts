import { type BareReceiver, openReceiver, type Tally } from '../open-receiver.ts';
import { watchBusyShare } from './busy-share.ts';
import { serveCalls } from './serve-calls.ts';

let receiver: BareReceiver | undefined;
let busyShare = watchBusyShare();

async function opened(): Promise<BareReceiver> {
  receiver ??= await openReceiver();
  return receiver;
}

const calls = {
  url: async (): Promise<string> => (await opened()).url,
  reset: async (): Promise<void> => {
    (await opened()).reset();
    busyShare = watchBusyShare();
  },
  reached: async (posts: number): Promise<void> => (await opened()).reached(posts),
  /** Returns the POSTs since the previous reset and the busy share. */
  tally: async (): Promise<Tally & { readonly busyShare: number }> => ({
    ...(await opened()).tally,
    busyShare: busyShare(),
  }),
};
export type Receiver = typeof calls;
serveCalls(calls);
