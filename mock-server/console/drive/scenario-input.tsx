import { useId, useState } from 'preact/hooks';
import {
  composed,
  describeParts,
  partIn,
  partsOf,
  type ScenarioPart,
  suggestionsFor,
} from '../model/compose-scenario.ts';

interface ScenarioProps {
  readonly scenarios: readonly ScenarioPart[];
  /** A scenario, composed of parts. */
  readonly value: string;
  readonly onChange: (scenario: string) => void;
}

const SHOWN = 8;

/** Composes a scenario: each part is a chip, and typing suggests the next part. */
export function ScenarioInput({ scenarios, value, onChange }: ScenarioProps) {
  const id = useId();
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const [isOpen, setOpen] = useState(false);
  const parts = partsOf(value);
  const suggestions = suggestionsFor(text, parts, scenarios);
  const shown = isOpen ? suggestions.slice(0, SHOWN) : [];
  const set = (next: readonly string[]): void => onChange(composed(next));

  function type(next: string): void {
    setText(next);
    setActive(0);
    setOpen(true);
  }

  function add(part: string | undefined): void {
    if (part === undefined) return;
    set([...parts, part]);
    type('');
    setOpen(false);
  }

  function move(step: number): void {
    setOpen(true);
    setActive(Math.max(0, Math.min(active + step, Math.min(SHOWN, suggestions.length) - 1)));
  }

  const isEmpty = text.trim() === '';
  const pick = (): void => add(partIn(text, scenarios) ?? shown[active]?.name);
  /** What the keys do now; others are typed. */
  const keys = new Map<string, (() => void) | null>([
    ['ArrowDown', () => move(1)],
    ['ArrowUp', () => move(-1)],
    ['Enter', isEmpty ? null : pick],
    ['+', isEmpty ? null : pick],
    ['Escape', shown.length === 0 ? null : () => setOpen(false)],
    ['Backspace', text === '' && parts.length > 0 ? () => set(parts.slice(0, -1)) : null],
  ]);

  return (
    <div class="field wide scenario">
      <label for={id}>Scenario</label>
      <div class="parts">
        <Chips parts={parts} onRemove={(part) => set(parts.filter((one) => one !== part))} />
        <input
          id={id}
          role="combobox"
          autocomplete="off"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length > 0 ? `${id}-${active}` : undefined}
          placeholder={parts.length === 0 ? 'success' : 'and …'}
          value={text}
          onFocus={() => setOpen(true)}
          onBlur={() => setOpen(false)}
          onKeyDown={(event) => actOn(event, keys)}
          onInput={({ currentTarget }) => type(currentTarget.value)}
        />
      </div>
      <Suggestions
        id={id}
        shown={shown}
        active={active}
        more={isOpen ? Math.max(0, suggestions.length - SHOWN) : 0}
        onPick={add}
      />
      {text !== '' && suggestions.length === 0 ? (
        <small class="bad">✗ None of the scenarios that can be added contains "{text}".</small>
      ) : (
        <small>{describeParts(parts, scenarios)}</small>
      )}
    </div>
  );
}

function actOn(event: KeyboardEvent, keys: ReadonlyMap<string, (() => void) | null>): void {
  const act = keys.get(event.key) ?? null;
  if (act === null) return;
  event.preventDefault();
  act();
}

interface ChipsProps {
  readonly parts: readonly string[];
  readonly onRemove: (part: string) => void;
}

function Chips({ parts, onRemove }: ChipsProps) {
  return (
    <>
      {parts.map((part) => (
        <span class="part" key={part}>
          {part}
          <button type="button" aria-label={`Remove ${part}`} onClick={() => onRemove(part)}>
            ✕
          </button>
        </span>
      ))}
    </>
  );
}

interface SuggestionsProps {
  readonly id: string;
  readonly shown: readonly ScenarioPart[];
  readonly active: number;
  /** Number of suggestions that are not shown. */
  readonly more: number;
  readonly onPick: (name: string) => void;
}

function Suggestions({ id, shown, active, more, onPick }: SuggestionsProps) {
  return (
    <div class="suggestions" hidden={shown.length === 0}>
      <div role="listbox" id={`${id}-list`} aria-label="Suggestions" tabIndex={-1}>
        {shown.map(({ name, summary }, index) => (
          <button
            type="button"
            role="option"
            tabIndex={-1}
            key={name}
            id={`${id}-${index}`}
            aria-selected={index === active}
            // The input would lose the focus before the click.
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onPick(name)}
          >
            <code>{name}</code> {summary}
          </button>
        ))}
      </div>
      {more > 0 && <p class="hint">{more} more; type a part of the name</p>}
    </div>
  );
}
