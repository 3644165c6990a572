import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { admin } from '../api.ts';
import { version } from '../live.ts';
import type { SuiteReport } from '../wire.ts';
import { isReport } from './is-report.ts';
import { Report } from './report.tsx';

const opened = signal<{ readonly name: string; readonly report: SuiteReport } | null>(null);
/** The judge reads the whole journal; not more often than this. */
const JUDGE_EVERY_MS = 2000;

/** The rules for clients, judged while they run; and reports of other runs. */
export function Verdicts() {
  const [key, setKey] = useState('');
  const [report, setReport] = useState<SuiteReport | null>(null);
  const [trouble, setTrouble] = useState('');
  const beat = Math.floor(performance.now() / JUDGE_EVERY_MS);
  const _version = version.value;
  useEffect(() => {
    const query = key === '' ? '' : `?apiKey=${encodeURIComponent(key)}`;
    admin<SuiteReport>('GET', `verdicts${query}`).then(
      (judged) => {
        setReport(judged);
        setTrouble('');
      },
      (error: Error) => setTrouble(error.message),
    );
  }, [key, beat]);
  return (
    <div class="verdicts">
      <section
        class="card"
        aria-label="Reports"
        onDragOver={(event) => event.preventDefault()}
        onDrop={onDrop}
      >
        <h2>Reports</h2>
        <label>
          Open a report (made with --report json=F), or drop it here
          <input
            type="file"
            accept="application/json,.json"
            onChange={({ currentTarget }) => void open(currentTarget.files?.[0], setTrouble)}
          />
        </label>
        {trouble !== '' && <p role="alert">{trouble}</p>}
      </section>
      {opened.value !== null && (
        <section class="card">
          <h2>{opened.value.name}</h2>
          <button
            type="button"
            onClick={() => {
              opened.value = null;
            }}
          >
            Close the report
          </button>
          <Report report={opened.value.report} />
        </section>
      )}
      <section class="card">
        <h2>Clients, as far as they went</h2>
        <label>
          Key
          <input
            value={key}
            placeholder="all keys"
            onInput={({ currentTarget }) => setKey(currentTarget.value)}
          />
        </label>
        {report !== null && isReport(report) && <Report report={report} />}
      </section>
    </div>
  );

  function onDrop(event: DragEvent): void {
    event.preventDefault();
    void open(event.dataTransfer?.files[0], setTrouble);
  }
}

async function open(file: File | undefined, complain: (text: string) => void): Promise<void> {
  if (file === undefined) return;
  try {
    const report: unknown = JSON.parse(await file.text());
    if (!isReport(report)) throw new Error('it is not a report of "stuntdouble verify"');
    opened.value = { name: file.name, report };
    complain('');
  } catch (error) {
    complain(`${file.name} cannot be opened: ${(error as Error).message}`);
  }
}
