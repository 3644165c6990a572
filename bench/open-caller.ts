import type { Bench } from './bench.ts';
import type { Child, Scripts } from './child.ts';
import { ask } from './fetch-once.ts';
import { type Request, submission } from './runway-requests.ts';

const CONNECTIONS = 32;

/** The processes around the caller. */
export interface Peers {
  readonly generator: Child<Scripts['load-generator']>;
  readonly receiver: Child<Scripts['receiver']>;
  readonly receiverUrl: string;
}

export async function openPeers({ open }: Pick<Bench, 'open'>): Promise<Peers> {
  const receiver = open('receiver');
  return { generator: open('load-generator'), receiver, receiverUrl: await receiver.call('url') };
}

/** A mock whose tasks all send callbacks to one receiver. */
export interface Caller {
  readonly host: Child<Scripts['mock-host']>;
  /**
   * Submits all tasks to an empty mock and runs them to their end.
   * @throws {Error} unless every callback was received and recorded
   */
  deliver(around?: Around): Promise<Delivered>;
}

/** Runs directly before and after the callbacks. */
interface Around {
  before(): Promise<void>;
  after(): Promise<void>;
}

export interface Delivered {
  readonly submitMs: number;
  /** Duration from `clock.advance` to its end. */
  readonly deliverMs: number;
  /** Processor time that the mock used for it. */
  readonly processorMs: number;
  /** Bytes of all bodies. */
  readonly bytes: number;
  /** Share of that time during which the receiver was busy. */
  readonly receiverBusy: number;
}

export async function openCaller(
  { open }: Pick<Bench, 'open'>,
  { generator, receiver, receiverUrl }: Peers,
  { tasks, speed }: { readonly tasks: number; readonly speed: number },
): Promise<Caller> {
  const host = open('mock-host');
  const url = await host.call('start', { clock: 'virtual', speed });
  const request = submission(receiverUrl);
  const bodyBytes = await answerBytes(url, request);
  return {
    host,
    async deliver(around) {
      await host.call('reset');
      const submitted = await generator.call('generate', {
        url,
        request,
        connections: CONNECTIONS,
        until: { type: 'answers', count: tasks },
        expect: { status: 200, bodyBytes },
      });
      await receiver.call('reset');
      await around?.before();
      const { elapsedMs, workedMs } = await host.call('advance', '10m');
      await around?.after();
      const tally = await receiver.call('tally');
      expectAll(tasks, { received: tally.posts, ...(await host.call('ledger')) });
      return {
        submitMs: submitted.elapsedMs,
        deliverMs: elapsedMs,
        processorMs: workedMs,
        bytes: tally.bytes,
        receiverBusy: tally.busyShare,
      };
    },
  };
}

/** Returns the length of the answer to a submission; the following reset removes the task. */
async function answerBytes(url: string, request: Request): Promise<number> {
  return (await ask(url, request)).bodyBytes;
}

/** @throws {Error} unless each count is the promised one */
function expectAll(promised: number, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts)) {
    if (count !== promised) throw new Error(`${promised} callbacks were promised, ${count} ${what}`);
  }
}
