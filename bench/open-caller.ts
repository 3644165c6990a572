import { ask } from './ask.ts';
import type { Bench } from './bench.ts';
import type { Child, Scripts } from './child.ts';
import { type Request, submission } from './runway-requests.ts';

const CONNECTIONS = 32;

/** Those around whoever calls back. */
export interface Court {
  readonly generator: Child<Scripts['load-generator']>;
  readonly receiver: Child<Scripts['receiver']>;
  readonly receiverUrl: string;
}

export async function openCourt({ open }: Pick<Bench, 'open'>): Promise<Court> {
  const receiver = open('receiver');
  return { generator: open('load-generator'), receiver, receiverUrl: await receiver.call('url') };
}

/** A mock whose tasks all call one receiver back. */
export interface Caller {
  readonly host: Child<Scripts['mock-host']>;
  /** Submits all tasks to an empty mock, and has them all end. @throws unless every callback came and was booked */
  deliver(around?: Around): Promise<Delivered>;
}

/** What is done right before and after the callbacks. */
interface Around {
  before(): Promise<void>;
  after(): Promise<void>;
}

export interface Delivered {
  readonly submitMs: number;
  /** From `clock.advance` to its end. */
  readonly deliverMs: number;
  /** What of a processor's time the mock took for it. */
  readonly processorMs: number;
  /** Bytes of all bodies. */
  readonly bytes: number;
  /** How busy the receiver was meanwhile. */
  readonly receiverBusy: number;
}

export async function openCaller(
  { open }: Pick<Bench, 'open'>,
  { generator, receiver, receiverUrl }: Court,
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

/** How long the answer to a submission is; the task is forgotten by the reset that follows. */
async function answerBytes(url: string, request: Request): Promise<number> {
  return (await ask(url, request)).bodyBytes;
}

/** @throws unless each count is the promised one */
function expectAll(promised: number, counts: Readonly<Record<string, number>>): void {
  for (const [what, count] of Object.entries(counts)) {
    if (count !== promised) throw new Error(`${promised} callbacks were promised, ${count} ${what}`);
  }
}
