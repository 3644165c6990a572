import { sayDuration } from '../../pages/say-time.ts';
import { ASPECT_WORDS, LEVEL_WORDS, STATUS_WORDS, SYMBOLS } from '../../pages/status-words.ts';
import type { Case } from '../admin-types.ts';
import type { OpenedReport } from './is-report.ts';

type CaseStatus = Case['status'];

const STATUSES: readonly CaseStatus[] = [
  ...(['failed', 'non-strict', 'passed', 'not-observable', 'not-applicable'] as const),
];

/** A report of either suite: what needs a fix, then the other cases by group. Cases that do not apply are folded. */
export function Report({ report }: { readonly report: OpenedReport }) {
  const { cases } = report;
  const broken = cases.filter(({ status }) => status === 'failed' || status === 'non-strict');
  const rest = cases.filter(({ status }) => status === 'passed' || status === 'not-observable');
  const folded = cases.filter(({ status }) => status === 'not-applicable');
  const groups = [...new Set(rest.map(({ group }) => group))];
  return (
    <div class="report">
      {(report.headlines ?? []).map(({ text, remedy }) => (
        <div key={text} role="note" class="report-headline">
          <strong>{text}</strong>
          <p>How to fix: {remedy}</p>
        </div>
      ))}
      {typeof report.inconclusive === 'string' && <p>Inconclusive. {report.inconclusive}</p>}
      <Counts report={report} />
      {broken.length > 0 && <Group title="To fix" cases={broken} />}
      {groups.map((group) => (
        <Group key={group} title={group} cases={rest.filter((one) => one.group === group)} />
      ))}
      {folded.length > 0 && (
        <details class="folded">
          <summary>
            {SYMBOLS['not-applicable']} {folded.length} not applicable
          </summary>
          {folded.map((one) => (
            <CaseView key={one.id} one={one} />
          ))}
        </details>
      )}
    </div>
  );
}

function Counts({ report: { suite, pack, cases } }: { readonly report: OpenedReport }) {
  const parts = STATUSES.map((status) => ({
    status,
    size: cases.filter((one) => one.status === status).length,
  })).filter(({ size }) => size > 0);
  return (
    <>
      <p class="faint">
        {suite === 'client' ? 'Client' : 'Receiver'} suite, {pack || 'no calls of a pack yet'}
      </p>
      <ul class="counts">
        {parts.map(({ status, size }) => (
          <li key={status} class={status}>
            <b>{size}</b> {SYMBOLS[status]} {STATUS_WORDS[status]}
          </li>
        ))}
      </ul>
    </>
  );
}

function Group({ title, cases }: { readonly title: string; readonly cases: readonly Case[] }) {
  return (
    <section>
      <h3>{title}</h3>
      {cases.map((one) => (
        <CaseView key={one.id} one={one} />
      ))}
    </section>
  );
}

function CaseView({ one }: { readonly one: Case }) {
  const isBroken = one.status === 'failed' || one.status === 'non-strict';
  return (
    <details class={`case ${one.status}`} open={isBroken}>
      <summary>
        <code class="id">{one.id}</code> <span class="title">{one.title}</span>{' '}
        <span class="chip">
          {SYMBOLS[one.status]} {STATUS_WORDS[one.status]}
          {one.status === 'failed' && ` (${LEVEL_WORDS[one.level]})`}
        </span>
      </summary>
      <p>
        <small>Requirement ({LEVEL_WORDS[one.level]})</small> {one.requirement}
      </p>
      <ul class="verdict-list">
        {Object.entries(one.verdicts).map(([aspect, { expected, actual, status }]) => (
          <li key={aspect} class={status}>
            {sayAspect(aspect)}:{' '}
            <strong>
              {SYMBOLS[status]} {STATUS_WORDS[status]}
            </strong>
            <dl>
              <dt>Expected</dt>
              <dd>{expected}</dd>
              <dt>{actualLabel(status)}</dt>
              <dd>{actual}</dd>
            </dl>
          </li>
        ))}
      </ul>
      {isBroken && (
        <>
          <p>
            <small>Why it matters</small> {one.why}
          </p>
          <p>
            <small>How to fix</small> {one.remedy}
          </p>
          <Timeline entries={one.timeline} />
        </>
      )}
    </details>
  );
}

function sayAspect(aspect: string): string {
  const word = ASPECT_WORDS.get(aspect) ?? aspect.replaceAll('-', ' ');
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

function actualLabel(status: CaseStatus): string {
  if (status === 'not-observable') return 'To make it observable';
  return status === 'not-applicable' ? 'Reason' : 'Actual';
}

const MOST_ENTRIES = 30;

/** The entries of a case on an axis of time, as in the reports. */
function Timeline({ entries }: { readonly entries: Case['timeline'] }) {
  if (entries.length === 0) return null;
  const endMs = Math.max(1, ...entries.map(({ atMs, durationMs }) => atMs + durationMs));
  const percent = (part: number): string => `${Math.min(99, (100 * part) / endMs)}%`;
  return (
    <ol class="timeline">
      {entries.slice(0, MOST_ENTRIES).map(({ atMs, durationMs, kind, text, isBad }, index) => (
        <li key={index} class={`lane ${kind}${isBad ? ' bad' : ''}`}>
          <span>
            {isBad && `${SYMBOLS.failed} `}
            <b>{kind}</b> {text} <small>{sayDuration(atMs)}</small>
          </span>
          <svg width="100%" height="8" aria-hidden="true">
            <rect class="track" width="100%" height="8" rx="4" />
            <rect class="bar" x={percent(atMs)} width={percent(durationMs)} height="8" rx="3" />
            <rect class="bar" x={percent(atMs)} width="5" height="8" rx="2.5" />
          </svg>
        </li>
      ))}
      {entries.length > MOST_ENTRIES && <li>{entries.length - MOST_ENTRIES} further entries</li>}
    </ol>
  );
}
