import { signal } from '@preact/signals';
import { useState } from 'preact/hooks';
import { isReport, type OpenedReport } from './is-report.ts';
import { Report } from './report.tsx';
import { useVerdicts } from './use-verdicts.ts';

const opened = signal<{ readonly name: string; readonly report: OpenedReport } | null>(null);
/** Verdicts about running clients, and reports from files. */
export function Verdicts() {
  const [key, setKey] = useState('');
  const [fileProblem, setProblem] = useState('');
  const { report, problem: judgeProblem } = useVerdicts(key);
  const problem = fileProblem || judgeProblem;
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
        {problem !== '' && (
          <p role="alert" class="bad">
            ✗ {problem}
          </p>
        )}
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
