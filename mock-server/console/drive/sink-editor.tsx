import {
  describeSink,
  PLAIN_SINK,
  type SinkSettings,
  sinkSettingsOf,
  sinkUrl,
} from '../../pages/sink-settings.ts';
import { ORIGIN } from '../api.ts';
import { Labeled } from '../labeled.tsx';

interface SinkEditorProps {
  /** The URL of the receiver; empty for none. */
  readonly url: string;
  readonly onChange: (url: string) => void;
}

/** Chooses the receiver of callbacks: the one of the mock with its settings, another one, or none. */
export function SinkEditor({ url, onChange }: SinkEditorProps) {
  const settings = sinkSettingsOf(url, ORIGIN);
  const kind = settings !== null ? 'built-in' : url === '' ? 'none' : 'other';
  const choose = (next: string): void =>
    onChange(next === 'built-in' ? sinkUrl(ORIGIN, PLAIN_SINK) : next === 'none' ? '' : 'http://');
  return (
    <fieldset class="sink">
      <legend>Receiver of callbacks</legend>
      <Labeled label="Receiver">
        {(id) => (
          <select id={id} value={kind} onChange={({ currentTarget }) => choose(currentTarget.value)}>
            <option value="built-in">built in</option>
            <option value="other">another URL</option>
            <option value="none">none</option>
          </select>
        )}
      </Labeled>
      {kind === 'other' && (
        <Labeled label="URL" isWide>
          {(id) => (
            <input
              id={id}
              type="url"
              value={url}
              onInput={({ currentTarget }) => onChange(currentTarget.value)}
            />
          )}
        </Labeled>
      )}
      {settings !== null && (
        <SinkFields settings={settings} onChange={(next) => onChange(sinkUrl(ORIGIN, next))} />
      )}
    </fieldset>
  );
}

interface FieldsProps {
  readonly settings: SinkSettings;
  readonly onChange: (settings: SinkSettings) => void;
}

function SinkFields({ settings, onChange }: FieldsProps) {
  const { failures, status, delay, delayed } = settings;
  return (
    <>
      <CountField
        label="Failing attempts"
        value={failures}
        onChange={(next) => onChange({ ...settings, failures: next })}
      />
      {failures !== 0 && (
        <Labeled label="Status">
          {(id) => (
            <input
              id={id}
              type="number"
              min="200"
              max="599"
              required
              value={status}
              onInput={({ currentTarget }) => onChange({ ...settings, status: Number(currentTarget.value) })}
            />
          )}
        </Labeled>
      )}
      <Labeled label="Delay">
        {(id) => (
          <input
            id={id}
            value={delay}
            placeholder="none, or 20s"
            pattern="(\d+(\.\d+)?(ms|s|m|h|d))*"
            onInput={({ currentTarget }) => onChange({ ...settings, delay: currentTarget.value.trim() })}
          />
        )}
      </Labeled>
      {delay !== '' && (
        <CountField
          label="Delayed attempts"
          value={delayed}
          onChange={(next) => onChange({ ...settings, delayed: next })}
        />
      )}
      <p class="hint">The receiver {describeSink(settings)}.</p>
    </>
  );
}

interface CountProps {
  readonly label: string;
  readonly value: number | 'all';
  readonly onChange: (value: number | 'all') => void;
}

const COUNTS = [0, 1, 2, 3, 4, 5, 10];

function CountField({ label, value, onChange }: CountProps) {
  const counts = value === 'all' || COUNTS.includes(value) ? COUNTS : [...COUNTS, value];
  return (
    <Labeled label={label}>
      {(id) => (
        <select
          id={id}
          value={value}
          onChange={({ currentTarget }) =>
            onChange(currentTarget.value === 'all' ? 'all' : Number(currentTarget.value))
          }
        >
          {counts.map((count) => (
            <option key={count} value={count}>
              {count === 0 ? 'none' : count === 1 ? 'the first' : `the first ${count}`}
            </option>
          ))}
          <option value="all">all</option>
        </select>
      )}
    </Labeled>
  );
}
