import { choose } from '../route.ts';
import { ShareList } from '../share/share-buttons.tsx';
import { suggestions } from './animate.ts';
import {
  fit,
  freeze,
  frozen,
  isRelative,
  search,
  setRelative,
  setWindow,
  timeWindow,
  zoom,
} from './view-state.ts';

export const SEARCH_ID = 'search';

/** The search, and the controls of the time that the lanes show. */
export function Toolbar() {
  return (
    <div class="toolbar">
      <search>
        <label class="unseen" for={SEARCH_ID}>
          Search
        </label>
        <input
          id={SEARCH_ID}
          type="search"
          list="suggestions"
          autocomplete="off"
          spellcheck={false}
          value={search.value}
          placeholder="Search: status:abandoned pack:… url:… prompt:… after:12:30   ( / )"
          onInput={({ currentTarget }) => choose({ q: currentTarget.value })}
        />
        <datalist id="suggestions">
          {suggestions.value.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      </search>
      <TimeControls />
      <ShareList />
    </div>
  );
}

function TimeControls() {
  const window = timeWindow.value;
  const isFrozen = frozen.value !== null;
  const isFollowing = (spanMs: number): boolean => window.type === 'follow' && window.spanMs === spanMs;
  return (
    <fieldset class="buttons">
      <legend class="unseen">Time</legend>
      <Toggle isOn={window.type === 'fit'} title="Show the latest tasks and their plan (f)" onClick={fit}>
        Fit
      </Toggle>
      <Toggle isOn={isFollowing(30_000)} onClick={() => setWindow({ type: 'follow', spanMs: 30_000 })}>
        30 s
      </Toggle>
      <Toggle isOn={isFollowing(120_000)} onClick={() => setWindow({ type: 'follow', spanMs: 120_000 })}>
        2 min
      </Toggle>
      <Toggle
        isOn={isRelative.value}
        title="Begin every task at the left, to compare them"
        onClick={() => setRelative(!isRelative.value)}
      >
        Since submission
      </Toggle>
      <button type="button" title="Zoom in (+, or Ctrl and the wheel)" onClick={() => zoom(0.5)}>
        <span aria-hidden="true">+</span>
        <span class="unseen">Zoom in</span>
      </button>
      <button type="button" title="Zoom out (-)" onClick={() => zoom(2)}>
        <span aria-hidden="true">−</span>
        <span class="unseen">Zoom out</span>
      </button>
      <Toggle
        isOn={isFrozen}
        title="Hold the picture; the mock continues (p)"
        onClick={() => freeze(!isFrozen)}
      >
        Freeze
      </Toggle>
    </fieldset>
  );
}

interface ToggleProps {
  readonly isOn: boolean;
  readonly title?: string;
  readonly onClick: () => void;
  readonly children: string;
}

function Toggle({ isOn, title, onClick, children }: ToggleProps) {
  return (
    <button type="button" aria-pressed={isOn} title={title} onClick={onClick}>
      {children}
    </button>
  );
}
