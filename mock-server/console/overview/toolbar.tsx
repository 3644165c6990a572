import { Labeled } from '../labeled.tsx';
import { choices, filter, fit, follow, frozen, pause, time, zoom } from './view-state.ts';

/** The filters of the list, and the controls of the time that it shows. */
export function Toolbar() {
  const isPaused = frozen.value !== null;
  return (
    <div class="toolbar">
      <Choice name="pack" label="Pack" />
      <Choice name="account" label="Key" />
      <Choice name="state" label="State" />
      <Choice name="scenario" label="Scenario" />
      <label>
        Search
        <input
          type="search"
          value={filter.value.text}
          placeholder="id, scenario…"
          onInput={({ currentTarget }) => {
            filter.value = { ...filter.value, text: currentTarget.value };
          }}
        />
      </label>
      <fieldset class="buttons">
        <legend class="unseen">Time</legend>
        <button type="button" aria-pressed={isPaused} title="p" onClick={() => pause(!isPaused)}>
          {isPaused ? 'Resume' : 'Pause'}
        </button>
        <button type="button" aria-label="Zoom in" title="+" onClick={() => zoom(0.5)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" title="-" onClick={() => zoom(2)}>
          −
        </button>
        <button type="button" title="0" onClick={fit}>
          Fit
        </button>
        <button
          type="button"
          title="f"
          aria-pressed={time.value.endAt === null && !isPaused}
          onClick={follow}
        >
          Follow
        </button>
      </fieldset>
    </div>
  );
}

function Choice({
  name,
  label,
}: {
  readonly name: 'pack' | 'account' | 'state' | 'scenario';
  readonly label: string;
}) {
  return (
    <Labeled label={label}>
      {(id) => (
        <select
          id={id}
          value={filter.value[name]}
          onChange={({ currentTarget }) => {
            filter.value = { ...filter.value, [name]: currentTarget.value };
          }}
        >
          <option value="">all</option>
          {choices.value[name].map((value) => (
            <option key={value} value={value}>
              {value}
            </option>
          ))}
        </select>
      )}
    </Labeled>
  );
}
