import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { type Bystanders, watchBystanders } from './bystanders.ts';
import { ask } from './fetch-once.ts';
import { type Caller, type Delivered, openCaller, openPeers, type Peers } from './open-caller.ts';
import { type Row, rowAgainst } from './row.ts';
import { submission } from './runway-requests.ts';
import { startPrism } from './start-prism.ts';

/** The number of callbacks that the mock keeps in flight to one origin. */
const CONCURRENCY = 128;
const CONNECTIONS = 32;
const BURST_TASKS = 20_000;
const SINGLE_TASKS = 5_000;
const PRISM_TASKS = 2_000;
/** So fast that all tasks end in the same millisecond, regardless of their durations. */
const ALL_AT_ONCE = 20_000;

/** Measures callbacks of many tasks to one receiver, including ledger and journal. */
export async function callbacks(bench: Bench): Promise<readonly Row[]> {
  const peers = await openPeers(bench);
  const bystanders = watchBystanders('callbacks');
  const tasks = { burst: bench.scaled(BURST_TASKS), singly: bench.scaled(SINGLE_TASKS) };
  const burst = await openCaller(bench, peers, { speed: ALL_AT_ONCE, tasks: tasks.burst });
  const singly = await openCaller(bench, peers, { speed: 1, tasks: tasks.singly });
  const burstLoop = await openLoop(bench, peers, bystanders, burst);
  const singleLoop = await openLoop(bench, peers, bystanders, singly);
  const prism = await openPrism(bench, peers, 'info');
  const silentPrism = await openPrism(bench, peers, 'silent');

  const result = await alternate(bench, {
    burst: () => watched(burst.deliver(), bystanders),
    burstLoop: () => burstLoop(tasks.burst, CONCURRENCY),
    prism,
    silentPrism,
    singly: () => singly.deliver(),
    singleLoop: () => singleLoop(tasks.singly, 1),
  });

  bystanders.report(bench.note);
  bench.note(
    `callbacks: "all at once" means ${tasks.burst} tasks that end in the same millisecond; "one by one" means ${tasks.singly} tasks at speed 1x, with virtual time stopped during each callback`,
  );
  bench.note(
    'callbacks: Prism fires while it answers a submission, so this comparison times both from the first submission to the last callback',
  );
  const submittedAndDelivered = result.burst.map(({ submitMs, deliverMs }) =>
    perSecond(tasks.burst, submitMs + deliverMs),
  );
  const row = { measure: 'callbacks', unit: '/s' } as const;
  return [
    rowAgainst(
      { ...row, what: 'delivered all at once', target: { type: 'atLeast', value: 0.5 } },
      result.burst.map(({ deliverMs }) => perSecond(tasks.burst, deliverMs)),
      `bare undici, ${CONCURRENCY} at once`,
      result.burstLoop.map((round) => round.perSecond),
    ),
    // Unlike the rates, this hardly depends on other load on the machine.
    rowAgainst(
      { measure: 'callbacks', what: 'processor time per callback', unit: 'µs', target: null },
      result.burst.map(({ processorMs }) => (processorMs / tasks.burst) * 1000),
      `bare undici, ${CONCURRENCY} at once`,
      result.burstLoop.map(({ processorMs }) => (processorMs / tasks.burst) * 1000),
    ),
    rowAgainst(
      { ...row, what: 'submitted and delivered', target: { type: 'atLeast', value: 10 } },
      submittedAndDelivered,
      'prism mock',
      result.prism,
    ),
    rowAgainst(
      { ...row, what: 'submitted and delivered', target: null },
      submittedAndDelivered,
      'prism mock, silent',
      result.silentPrism,
    ),
    rowAgainst(
      { ...row, what: 'delivered one by one', target: null },
      result.singly.map(({ deliverMs }) => perSecond(tasks.singly, deliverMs)),
      'bare undici, one by one',
      result.singleLoop.map((round) => round.perSecond),
    ),
  ];
}

async function watched(delivering: Promise<Delivered>, bystanders: Bystanders): Promise<Delivered> {
  const delivered = await delivering;
  bystanders.saw('the receiver', 'the mock', delivered.receiverBusy);
  return delivered;
}

interface Looped {
  readonly perSecond: number;
  readonly processorMs: number;
}

/** The bare loop that posts the same bodies as a caller did. */
async function openLoop(
  { open }: Bench,
  { receiver, receiverUrl }: Peers,
  bystanders: Bystanders,
  caller: Caller,
) {
  const undici = open('undici-loop');
  const { bytes } = await caller.deliver();
  const sent = await caller.host.call('sentCallbacks', 1000);
  const bodies = sent.map(({ body }) => body);
  const headers = sent[0]?.headers ?? {};
  return async (count: number, concurrency: number): Promise<Looped> => {
    await receiver.call('reset');
    const { elapsedMs, workedMs } = await undici.call('post', {
      url: receiverUrl,
      headers,
      bodies,
      count,
      concurrency,
    });
    const tally = await receiver.call('tally');
    if (tally.posts !== count || tally.bytes !== bytes) {
      throw new Error(
        `the loop sent ${tally.posts} bodies of ${tally.bytes} bytes, the mock ${count} of ${bytes}`,
      );
    }
    bystanders.saw('the receiver', `bare undici, ${concurrency} at once`, tally.busyShare);
    return { perSecond: perSecond(count, elapsedMs), processorMs: workedMs };
  };
}

async function openPrism(
  bench: Bench,
  { generator, receiver, receiverUrl }: Peers,
  verboseLevel: 'info' | 'silent',
) {
  const tasks = bench.scaled(PRISM_TASKS);
  const prism = await startPrism(verboseLevel);
  bench.atEnd(prism.stop);
  const request = submission(receiverUrl);
  await receiver.call('reset');
  const { bodyBytes } = await ask(prism.url, request);
  await receiver.call('reached', 1);
  return async (): Promise<number> => {
    await receiver.call('reset');
    const startedAt = performance.now();
    await generator.call('generate', {
      url: prism.url,
      request,
      connections: CONNECTIONS,
      until: { type: 'answers', count: tasks },
      expect: { status: 200, bodyBytes },
    });
    await receiver.call('reached', tasks);
    return perSecond(tasks, performance.now() - startedAt);
  };
}

function perSecond(count: number, elapsedMs: number): number {
  return (count / elapsedMs) * 1000;
}
