import { useEffect, useState } from 'preact/hooks';
import { admin } from '../api.ts';
import { clock, refusals, touched, version } from '../live.ts';
import { literal } from '../model/equivalents.ts';
import type { ClockFacts, QueuedScenario } from '../wire.ts';
import { act, Done } from './acting.tsx';
import { packs } from './packs.ts';
import { ScenarioChoice, SubmitForm } from './submit-form.tsx';

/** Everything that can be made to happen. */
export function Drive() {
  return (
    <div class="drive">
      <div class="cards">
        <SubmitForm />
        <div>
          <ClockCard />
          <QueueCard />
          <ResetCard />
        </div>
      </div>
      <section class="card">
        <h2>What was done</h2>
        <Done />
      </section>
      <Refusals />
    </div>
  );
}

function ClockCard() {
  const [step, setStep] = useState('30s');
  const [isMoving, setMoving] = useState(false);
  async function move(change: Readonly<Record<string, string>>, library: string): Promise<void> {
    setMoving(true);
    await act('POST', 'clock', change, library);
    setMoving(false);
  }
  async function toNext(): Promise<void> {
    const { nextAt } = await admin<ClockFacts>('GET', 'clock');
    if (nextAt !== null) await move({ set: nextAt }, `await mock.clock.set(${literal(nextAt)});`);
  }
  const advance = (by: string): Promise<void> =>
    move({ advance: by }, `await mock.clock.advance(${literal(by)});`);
  return (
    <section class="card" aria-busy={isMoving}>
      <h2>Clock</h2>
      <p>{clock.value === null ? '' : `${clock.value.mode} clock`}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void advance(step);
        }}
      >
        <label>
          By
          <input
            value={step}
            placeholder="30s"
            onInput={({ currentTarget }) => setStep(currentTarget.value)}
          />
        </label>
        <button type="submit">Advance</button>
        <button type="button" onClick={() => void toNext()}>
          To the next event
        </button>
        <button type="button" onClick={() => void advance('14d')}>
          14 days
        </button>
      </form>
    </section>
  );
}

function QueueCard() {
  const [queue, setQueue] = useState<readonly QueuedScenario[]>([]);
  const [scenario, setScenario] = useState('success');
  const [times, setTimes] = useState('1');
  const [key, setKey] = useState('');
  const seen = version.value;
  useEffect(() => {
    admin<QueuedScenario[]>('GET', 'scenarios').then(setQueue, () => undefined);
  }, [seen]);
  const all = everyScenario();
  const options = `{ times: ${Number(times)}${key === '' ? '' : `, apiKey: ${literal(key)}`} }`;
  return (
    <section class="card">
      <h2>Scenarios for the next submissions</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const body = { scenario, times: Number(times), ...(key === '' ? {} : { apiKey: key }) };
          void act('POST', 'scenarios', body, `mock.scenarios.enqueue(${literal(scenario)}, ${options});`);
        }}
      >
        {all !== null && <ScenarioChoice pack={all} value={scenario} onChange={setScenario} />}
        <label>
          Times
          <input
            type="number"
            min="1"
            value={times}
            onInput={({ currentTarget }) => setTimes(currentTarget.value)}
          />
        </label>
        <label>
          Key
          <input value={key} placeholder="any" onInput={({ currentTarget }) => setKey(currentTarget.value)} />
        </label>
        <button type="submit">Queue</button>
        <button
          type="button"
          onClick={() => void act('DELETE', 'scenarios', undefined, 'mock.scenarios.clear();')}
        >
          Clear
        </button>
      </form>
      {queue.length === 0 ? (
        <p>Nothing waits.</p>
      ) : (
        <ol>
          {queue.map(({ scenario: name, times: left, account }, index) => (
            <li key={index}>
              {name}, {left} times, {account ?? 'any key'}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** The catalogues of all packs as one. */
function everyScenario() {
  const [first] = packs.value;
  if (first === undefined) return null;
  const byName = new Map(packs.value.flatMap(({ scenarios }) => scenarios).map((one) => [one.name, one]));
  return { ...first, scenarios: [...byName.values()] };
}

function ResetCard() {
  return (
    <section class="card">
      <h2>Clean slate</h2>
      <p>Forgets every task, the journal and what is queued; the clock goes back to where it began.</p>
      <button
        type="button"
        class="danger"
        onClick={() => void act('POST', 'reset', undefined, 'mock.reset();')}
      >
        Reset
      </button>
    </section>
  );
}

/** Calls that made no task would be on no lane. */
function Refusals() {
  const _touched = touched.value;
  return (
    <section class="card">
      <h2>Calls that were refused</h2>
      {refusals.value.length === 0 ? (
        <p>None.</p>
      ) : (
        <ul>
          {refusals.value.map((entry) => (
            <li key={entry.seq}>
              {entry.at.slice(11, 23)} {entry.method} {entry.url} → HTTP {entry.status ?? 'none'}, code{' '}
              {entry.error}: <code>{entry.answer.slice(0, 200)}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
