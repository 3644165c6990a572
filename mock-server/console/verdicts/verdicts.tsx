import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

import { admin } from '../api.ts';
import { version } from '../live.ts';
import { isReport, type OpenedReport } from './is-report.ts';
import { Report } from './report.tsx';

const opened = signal<{ readonly name: string; readonly report: OpenedReport } | null>(null);
/** Shortest time between two verdicts, because the judge reads the whole journal. */
const JUDGE_EVERY_MS = 2000;

/** Verdicts about running clients, and reports from files. */
export function Verdicts() {
  const [key, setKey] = useState('');
  const [report, setReport] = useState<OpenedReport | null>(null);
  const [problem, setProblem] = useState('');
  const beat = Math.floor(performance.now() / JUDGE_EVERY_MS);
  const _version = version.value;
  useEffect(() => {
    const query = key === '' ? '' : `?apiKey=${encodeURIComponent(key)}`;
    admin<OpenedReport>('GET', `verdicts${query}`).then(
      (judged) => {
        setReport(judged);
        setProblem('');
      },
      (error: Error) => setProblem(error.message),
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
          Open a report (--report json=FILE), or drop it here
          <input
            type="file"
            accept="application/json,.json"
            onChange={({ currentTarget }) => void open(currentTarget.files?.[0], setProblem)}
          />
        </label>
        {problem !== '' && <p role="alert">{problem}</p>}
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
            Close report
          </button>
          <Report report={opened.value.report} />
        </section>
      )}
      <section class="card">
        <h2>Client verdicts so far</h2>
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
    void open(event.dataTransfer?.files[0], setProblem);
  }
}

async function open(file: File | undefined, showProblem: (text: string) => void): Promise<void> {
  if (file === undefined) return;
  try {
    const report: unknown = JSON.parse(await file.text());
    if (!isReport(report)) throw new Error('not a report of "stuntdouble verify"');
    opened.value = { name: file.name, report };
    showProblem('');
  } catch (error) {
    showProblem(`Cannot open ${file.name}: ${(error as Error).message}`);
  }
}
