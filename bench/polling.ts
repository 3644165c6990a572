import { alternate } from './alternate.ts';
import type { Bench } from './bench.ts';
import { watchBystanders } from './bystanders.ts';
import { ask } from './fetch-once.ts';
import { openPolledMock } from './open-polled-mock.ts';
import { type Row, rowAgainst } from './row.ts';
import { startPrism } from './start-prism.ts';

const CONNECTIONS = 32;
const ROUND_MS = 3_000;

/** Result of one round of polling. */
interface Polled {
  readonly perSecond: number;
  readonly answers: number;
}

/** Measures polls of one finished task over kept-alive connections; the peers get the same request. */
export async function polling(bench: Bench): Promise<readonly Row[]> {
  const generator = bench.open('load-generator');
  const { host, url, request, answer } = await openPolledMock(bench);
  const bareServer = bench.open('bare-server');
  const bareUrl = await bareServer.call('serve', answer);
  const prism = await startPrism('info');
  bench.atEnd(prism.stop);
  const silentPrism = await startPrism('silent');
  bench.atEnd(silentPrism.stop);
  const fromPrism = await ask(prism.url, request);
  const bystanders = watchBystanders('polling');

  const load = async (name: string, target: string, bodyBytes: number): Promise<Polled> => {
    const { answers, elapsedMs, busyShare } = await generator.call('generate', {
      url: target,
      request,
      connections: CONNECTIONS,
      until: { type: 'elapsed', ms: bench.scaled(ROUND_MS) },
      expect: { status: 200, bodyBytes },
    });
    bystanders.saw('the load generator', name, busyShare);
    return { answers, perSecond: (answers / elapsedMs) * 1000 };
  };
  const { mock, bare, logging, silent } = await alternate(bench, {
    mock: () => withProcessorTime(host, () => load('the mock', url, answer.bodyBytes)),
    bare: () => withProcessorTime(bareServer, () => load('bare node:http', bareUrl, answer.bodyBytes)),
    logging: () => load('prism mock', prism.url, fromPrism.bodyBytes),
    silent: () => load('silent prism mock', silentPrism.url, fromPrism.bodyBytes),
  });

  bystanders.report(bench.note);
  bench.note(
    `polling: ${answer.bodyBytes} bytes per answer from the mock and the bare server; Prism sends ${fromPrism.body}`,
  );
  const row = { measure: 'polling', what: 'polls answered', unit: '/s' } as const;
  const cost = { measure: 'polling', what: 'processor time per poll', unit: 'µs', target: null } as const;
  const rates = (rounds: readonly Polled[]): number[] => rounds.map(({ perSecond }) => perSecond);
  return [
    rowAgainst(
      { ...row, target: { type: 'atLeast', value: 0.7 } },
      rates(mock),
      'bare node:http',
      rates(bare),
    ),
    rowAgainst({ ...row, target: { type: 'atLeast', value: 10 } }, rates(mock), 'prism mock', rates(logging)),
    rowAgainst({ ...row, target: null }, rates(mock), 'prism mock, silent', rates(silent)),
    // Unlike the rates, this hardly depends on other load on the machine.
    rowAgainst(cost, mock.map(microseconds), 'bare node:http', bare.map(microseconds)),
  ];
}

type Timed = Polled & { readonly processorMs: number };

async function withProcessorTime(
  server: { call(name: 'processorMs'): Promise<number> },
  round: () => Promise<Polled>,
): Promise<Timed> {
  const before = await server.call('processorMs');
  const polled = await round();
  return { ...polled, processorMs: (await server.call('processorMs')) - before };
}

function microseconds({ processorMs, answers }: Timed): number {
  return (processorMs / answers) * 1000;
}
