import { useEffect, useState } from 'preact/hooks';
import type { Clock, QueuedScenario } from '../admin-types.ts';
import { admin } from '../api.ts';
import { clock, refusals, touched, version } from '../live.ts';
import { literal } from '../model/equivalents.ts';
import { statusText } from '../model/lanes.ts';
import { LastAction, perform } from './actions.tsx';
import { packs } from './packs.ts';
import { ScenarioChoice, SubmitForm } from './submit-form.tsx';

/** Forms that submit tasks, move the clock and queue scenarios. */
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
        <h2>Last action</h2>
        <LastAction />
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
    await perform('POST', 'clock', change, library);
    setMoving(false);
  }
  async function toNext(): Promise<void> {
    const { nextAt } = await admin<Clock>('GET', 'clock');
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
          Advance by
          <input
            value={step}
            placeholder="30s"
            onInput={({ currentTarget }) => setStep(currentTarget.value)}
          />
        </label>
        <button type="submit">Advance</button>
        <button type="button" onClick={() => void toNext()}>
          Next event
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
          void perform(
            'POST',
            'scenarios',
            body,
            `mock.scenarios.enqueue(${literal(scenario)}, ${options});`,
          );
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
          onClick={() => void perform('DELETE', 'scenarios', undefined, 'mock.scenarios.clear();')}
        >
          Clear
        </button>
      </form>
      {queue.length === 0 ? (
        <p>The queue is empty.</p>
      ) : (
        <ol>
          {queue.map(({ scenario: name, times: left, account }, index) => (
            <li key={index}>
              {name}, {left === 1 ? 'once' : `${left} times`}, {account ?? 'any key'}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Returns the scenarios of all packs as one list. */
function everyScenario() {
  const [first] = packs.value;
  if (first === undefined) return null;
  const byName = new Map(packs.value.flatMap(({ scenarios }) => scenarios).map((one) => [one.name, one]));
  return { ...first, scenarios: [...byName.values()] };
}

function ResetCard() {
  return (
    <section class="card">
      <h2>Start over</h2>
      <p>Removes all tasks, journal entries and queued scenarios, and sets the clock back to its start.</p>
      <button
        type="button"
        class="danger"
        onClick={() => void perform('POST', 'reset', undefined, 'mock.reset();')}
      >
        Reset
      </button>
    </section>
  );
}

/** Lists failed calls, because calls that did not create a task do not have a lane. */
function Refusals() {
  const _touched = touched.value;
  return (
    <section class="card">
      <h2>Refused calls</h2>
      {refusals.value.length === 0 ? (
        <p>No refused calls yet.</p>
      ) : (
        <ul>
          {refusals.value.map((entry) => (
            <li key={entry.seq}>
              {entry.at.slice(11, 23)} {entry.method} {entry.url} → {statusText(entry.status)}, code{' '}
              {entry.error}: <code>{entry.answer.slice(0, 200)}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
