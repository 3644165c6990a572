import type { Case } from '../admin-types.ts';
import type { OpenedReport } from './is-report.ts';
import { SYMBOLS } from './symbols.ts';

/** A report of either suite, by group. Failed cases are open. */
export function Report({ report }: { readonly report: OpenedReport }) {
  const { summary, cases } = report;
  const groups = [...new Set(cases.map(({ group }) => group))];
  return (
    <div class="report">
      {(report.headlines ?? []).map(({ text, remedy }) => (
        <div key={text} role="note">
          <strong>{text}</strong>
          <p>How to fix: {remedy}</p>
        </div>
      ))}
      {typeof report.inconclusive === 'string' && <p>Inconclusive. {report.inconclusive}</p>}
      <p>
        {report.suite} suite, {report.pack || 'no vendor yet'}: {summary.passed ?? 0} passed,{' '}
        {summary.failed ?? 0} failed, {summary.notObservable ?? 0} not observable,{' '}
        {summary.notApplicable ?? 0} not applicable
      </p>
      {groups.map((group) => (
        <section key={group}>
          <h3>{group}</h3>
          {cases
            .filter((one) => one.group === group)
            .map((one) => (
              <CaseView key={one.id} one={one} />
            ))}
        </section>
      ))}
    </div>
  );
}

function CaseView({ one }: { readonly one: Case }) {
  return (
    <details class={`case ${one.status}`} open={one.status === 'failed'}>
      <summary>
        <span class="verdict">{SYMBOLS[one.status]}</span> <code>{one.id}</code> {one.title}{' '}
        <small>
          {one.level.toUpperCase()}, {one.status.replace(/^not-/, 'not ')}
        </small>
      </summary>
      <p>{one.requirement}</p>
      {Object.entries(one.verdicts).map(([aspect, { expected, actual, status }]) => (
        <dl key={aspect} class="facts-list">
          <div>
            <dt>{aspect}</dt>
            <dd>{status}</dd>
          </div>
          <div>
            <dt>Expected</dt>
            <dd>{expected}</dd>
          </div>
          <div>
            <dt>Actual</dt>
            <dd>{actual}</dd>
          </div>
        </dl>
      ))}
      {one.status === 'failed' && (
        <>
          <p>Why it matters: {one.why}</p>
          <p>How to fix: {one.remedy}</p>
          <ol class="timeline">
            {one.timeline.slice(0, 30).map(({ atMs, text, isBad }, index) => (
              <li key={index} class={isBad ? 'bad' : ''}>
                {Math.round(atMs)} ms {isBad ? '✗ ' : ''}
                {text}
              </li>
            ))}
          </ol>
        </>
      )}
    </details>
  );
}
