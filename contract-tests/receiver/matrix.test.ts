import { describe, expect, it } from 'vitest';
import { freePort } from '../../fixtures/free-port.ts';
import { FULL, rowsFor } from '../../fixtures/full.ts';
import { HANG_LIMIT_MS } from '../../fixtures/hang-limit.ts';
import type { Defect } from '../../fixtures/receivers/bad/defect.ts';
import { DEFECTS } from '../../fixtures/receivers/bad/defects.ts';
import { FURTHER_DEFECTS } from '../../fixtures/receivers/bad/further-defects.ts';
import { SECRET, WILD_DEFECTS } from '../../fixtures/receivers/bad/wild-defects.ts';
import { openExternalReceiver } from '../../fixtures/receivers/external-receiver.ts';
import { openDurableReceiver } from '../../fixtures/receivers/good/durable-receiver.ts';
import { openExpressReceiver } from '../../fixtures/receivers/good/express-receiver.ts';
import { TYPED } from '../../fixtures/receivers/good/typed-parts.ts';
import {
  type FixtureReceiver,
  openPartsReceiver,
  type PartsReceiverOptions,
} from '../../fixtures/receivers/open-parts-receiver.ts';
import type { CaseReport, SuiteReport } from '../report.ts';
import { RECEIVER_CASES } from './cases.ts';
import { judgeReceiver } from './judge-receiver.ts';
import type { ReceiverOptions } from './receiver-options.ts';

/** Number of rounds for correct receivers; `npm run test:matrix` runs 20. */
const ROUNDS = Number(process.env.STUNTDOUBLE_ROUNDS ?? 1);

async function judge(
  options: PartsReceiverOptions,
  asked: Partial<ReceiverOptions> & Pick<ReceiverOptions, 'event'>,
): Promise<SuiteReport> {
  const apiPort = await freePort();
  const receiver: FixtureReceiver = await openPartsReceiver({
    ...options,
    apiBase: `http://127.0.0.1:${apiPort}`,
    ...(asked.secret === undefined ? {} : { secret: asked.secret }),
  });
  try {
    return await judgeReceiver({
      url: receiver.url,
      probe: receiver.probeUrl,
      restart: receiver.restart,
      apiPort,
      ackTimeout: '1s',
      pollWithin: '3s',
      ...(submits(asked) ? { submit: receiver.submitUrl } : {}),
      ...asked,
    });
  } finally {
    await receiver.close();
  }
}

/** The fixture submits tasks of only one event, and polling for its own tasks would hide how it processes callbacks. */
function submits({ event, only }: Pick<ReceiverOptions, 'event' | 'only'>): boolean {
  const needsOwn = only === undefined || only.length === 0 || only.some((id) => OWN_TASKS.includes(id));
  return event === 'runway.generate' && needsOwn;
}

const OWN_TASKS = ['RCV-ORD-02', 'RCV-ORD-03', 'RCV-ROB-01'];

const RESELLER_EVENTS = [
  'veo.generate',
  'veo.extend',
  'veo.4k',
  'market.task',
  'aleph.generate',
  'flux-kontext.generate',
  'suno.music',
  'gpt4o-image.generate',
  'suno.wav',
];

/** Ack timeouts that are long enough for a busy machine. */
const LIMITS: Readonly<Record<string, Partial<ReceiverOptions>>> = {
  'RCV-TIM-03': { ackTimeout: '15s' },
  'RCV-TIM-04': { ackTimeout: '3s' },
};

describe.concurrent('the receiver judge detects', () => {
  it('a defect for every case except the one that cannot fail, and the one of vendors with a handshake', () => {
    const without = RECEIVER_CASES.filter(({ id }) => DEFECTS[id] === undefined).map(({ id }) => id);
    expect(without).toEqual(['RCV-ACK-05', 'RCV-ACK-06']);
  });

  const finds = async (
    id: string,
    { options, event = 'runway.generate', isNonStrict, secret }: Defect,
    only: readonly string[] = [id],
  ) => {
    const report = await judge(options(), {
      event,
      only,
      fastAck: 200,
      downloadWithin: 700,
      ...LIMITS[id],
      ...(secret === undefined ? {} : { secret }),
    });
    const status = isNonStrict === true ? 'non-strict' : 'failed';
    expect(report.cases.filter(isBroken).map((one) => [one.id, one.status])).toEqual([[id, status]]);
  };

  const tame = Object.entries(DEFECTS).filter(([id]) => WILD_DEFECTS[id] === undefined);
  it.each(tame)('%s', (id, defect) => finds(id, defect));

  it.runIf(FULL).each(FURTHER_DEFECTS.map((defect) => [defect.id, defect.summary, defect] as const))(
    '%s: %s',
    (id, _summary, defect) => finds(id, defect),
  );

  const wild = Object.entries(WILD_DEFECTS).flatMap(([id, defects]) =>
    defects.map((defect) => [id, defect.summary, defect] as const),
  );
  const related = [...['RCV-IDM-01', 'RCV-IDM-05', 'RCV-IDM-07', 'RCV-SEC-01'], ...Object.keys(WILD_DEFECTS)];
  it.each(wild)('only %s: %s', (id, _summary, defect) => finds(id, defect, FULL ? related : [id]));
});

/** Defects that the fixtures in other languages implement, and the event that reveals each. */
const ELSEWHERE: readonly { readonly id: string; readonly event?: string; readonly secret?: string }[] = [
  ...['RCV-ACK-01', 'RCV-ACK-02', 'RCV-TIM-01', 'RCV-IDM-01', 'RCV-IDM-05', 'RCV-ORD-01'],
  ...['RCV-ENV-03', 'RCV-FAIL-04', 'RCV-MED-01', 'RCV-SEC-02', 'RCV-SEC-04'],
]
  .map((id): { id: string; event?: string; secret?: string } => ({ id }))
  .concat(
    ['RCV-SEC-01', 'RCV-SEC-06', 'RCV-SEC-07', 'RCV-SEC-08'].map((id) => ({ id, secret: SECRET })),
    ['RCV-SEC-05', 'RCV-SEC-09'].map((id) => ({ id, secret: SECRET, event: 'replicate.prediction' })),
    ['RCV-ORD-05', 'RCV-ORD-06'].map((id) => ({ id, event: 'dream-machine.generation' })),
  );

describe.concurrent.each(['python', 'php'] as const)(
  'a receiver written with the standard library of %s',
  (language) => {
    const judgeExternal = async (
      defect: string | undefined,
      asked: Partial<ReceiverOptions>,
    ): Promise<SuiteReport> => {
      const { secret, event = 'runway.generate', only = [] } = asked;
      const apiPort = await freePort();
      const receiver = await openExternalReceiver({
        language,
        apiBase: `http://127.0.0.1:${apiPort}`,
        ...(defect === undefined ? {} : { defect }),
        ...(secret === undefined ? {} : { secret }),
      });
      try {
        return await judgeReceiver({
          url: receiver.url,
          probe: receiver.probeUrl,
          restart: receiver.restart,
          ...(submits({ event, only }) ? { submit: receiver.submitUrl } : {}),
          apiPort,
          ackTimeout: defect === undefined ? '10s' : '1500ms',
          pollWithin: '5s',
          ...asked,
          event,
        });
      } finally {
        await receiver.close();
      }
    };

    it.runIf(FULL).each(ELSEWHERE)('fails $id with its defect', async ({ id, ...asked }) => {
      const report = await judgeExternal(id, { only: [id], ...asked });
      expect(report.cases.map((one) => [one.id, one.status])).toEqual([[id, 'failed']]);
    });

    const good: Partial<ReceiverOptions>[] = [
      {},
      { secret: SECRET },
      { event: 'dream-machine.generation' },
      { event: 'replicate.prediction', secret: SECRET },
    ];
    it.each(good)(
      'does not fail a case when it is correct: %j',
      async (how) => {
        for (let round = 0; round < ROUNDS; round++) {
          const report = await judgeExternal(undefined, how);
          expect(report.cases.filter(isBroken).map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
          expect(report.summary.notObservable).toBe(0);
          expect(report.summary.passed).toBeGreaterThan(how.event === undefined ? 35 : 25);
        }
      },
      ROUNDS * HANG_LIMIT_MS,
    );
  },
);

describe.concurrent('a correct receiver', () => {
  const made = [openExpressReceiver, openDurableReceiver].flatMap((open) =>
    [{}, { secret: SECRET }].map((signing) => ({ name: open.name, open, signing })),
  );
  it.each(made)(
    'does not fail a case with another framework: $name, $signing',
    async ({ open, signing }) => {
      for (let round = 0; round < ROUNDS; round++) {
        const apiPort = await freePort();
        const receiver = await open({ apiBase: `http://127.0.0.1:${apiPort}`, ...signing });
        const report = await judgeReceiver({
          url: receiver.url,
          probe: receiver.probeUrl,
          restart: receiver.restart,
          submit: receiver.submitUrl,
          apiPort,
          event: 'runway.generate',
          // Correct receivers answer immediately, which can take seconds on a busy machine.
          ackTimeout: '10s',
          pollWithin: '5s',
          ...signing,
        }).finally(() => receiver.close());
        expect(report.cases.filter(isBroken).map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
        expect(report.summary.notObservable).toBe(0);
        expect(report.summary.passed).toBeGreaterThan(35);
      }
    },
    ROUNDS * HANG_LIMIT_MS,
  );

  const asked: { readonly event: string; readonly secret?: string }[] = [
    { event: 'runway.generate' },
    { event: 'runway.generate', secret: SECRET },
    { event: 'runway.extend' },
    { event: 'luma.modify' },
    { event: 'cometapi.generate' },
    { event: 'dream-machine.generation' },
    { event: 'replicate.prediction' },
    { event: 'replicate.prediction', secret: SECRET },
    { event: 'fal.request', secret: SECRET },
    ...rowsFor('products of a reseller', 1, RESELLER_EVENTS).map((event) => ({ event, secret: SECRET })),
  ];
  it.each(asked)(
    'does not fail a case: %j',
    async (how) => {
      for (let round = 0; round < ROUNDS; round++) {
        const report = await judge({}, { ackTimeout: '10s', ...how });
        expect(report.cases.filter(isBroken).map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
        expect(report.summary.notObservable).toBe(0);
      }
    },
    ROUNDS * HANG_LIMIT_MS,
  );

  it.runIf(FULL).each(asked)('does not fail a case when it validates types: %j', async (how) => {
    const report = await judge({ parts: TYPED }, { ackTimeout: '10s', ...how });
    expect(report.cases.filter(isBroken).map(({ id, verdicts }) => [id, verdicts])).toEqual([]);
  });
});

function isBroken({ status }: CaseReport): boolean {
  return status === 'failed' || status === 'non-strict';
}
