import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import type { StoryAttempt, StoryDelivery, StoryDownload, StoryRequest } from '../../pages/story.ts';
import { sayTest } from '../../pages/test-code.ts';
import { previousOf, type WaterfallRow } from '../../pages/waterfall.ts';
import type { EntryChecks, MessageProblems } from '../admin-types.ts';
import { ORIGIN } from '../api.ts';
import { curlOf, fetchOf } from '../model/equivalents.ts';
import { differences, headerText } from '../model/message-text.ts';
import { JsonView } from './json-view.tsx';
import { CopyButton, Problems } from './message.tsx';

interface SpanPanelProps {
  readonly row: WaterfallRow;
  readonly deliveries: readonly StoryDelivery[];
  readonly checks: readonly EntryChecks[];
  /** The last entry that was checked. */
  readonly checkedTo: number;
  readonly recheck: () => void;
}

interface Tab {
  readonly name: string;
  readonly content: () => ComponentChildren;
}

/** Everything about one message. */
export function SpanPanel(props: SpanPanelProps) {
  const { label, result } = props.row;
  const tabs = tabsOf(props);
  return (
    <section class="span-panel" aria-label={`Selected: ${label}`}>
      <h3>
        {label} <small>{result}</small>
      </h3>
      <Tabs tabs={tabs} />
    </section>
  );
}

function tabsOf(props: SpanPanelProps): readonly Tab[] {
  const { attempt, download, requests } = props.row;
  const [request] = requests;
  if (attempt !== null) return attemptTabs(attempt, props);
  if (download !== null) return [{ name: 'Download', content: () => <DownloadFacts download={download} /> }];
  return request === undefined ? [] : requestTabs(request, props);
}

function attemptTabs(attempt: StoryAttempt, props: SpanPanelProps): readonly Tab[] {
  const { start, end, delivery } = attempt;
  const { url, headers, body } = start;
  const before = previousOf(start.seq, start.event, props.deliveries);
  const curl = curlOf({ method: 'POST', url, headers: plainHeaders(headers), body });
  const diff: Tab = { name: 'Diff', content: () => <Difference before={before} after={attempt} /> };
  return [
    { name: 'Body', content: () => <JsonView text={body} /> },
    { name: 'Headers', content: () => <Headers first={`POST ${url}`} headers={headers} /> },
    { name: 'Answer', content: () => <Answer end={end} /> },
    ...(before === null ? [] : [diff]),
    { name: 'Schema', content: () => <Schema seq={start.seq} {...props} /> },
    { name: 'curl', content: () => <Code text={curl} label="Copy as curl" /> },
    { name: 'Test', content: () => <Code text={sayTest(delivery)} label="Copy test code" /> },
  ];
}

function requestTabs(request: StoryRequest, props: SpanPanelProps): readonly Tab[] {
  const { seq, method, url, headers, requestBody, answer } = request;
  const call = callOf(request);
  const body: Tab = { name: 'Body', content: () => <JsonView text={requestBody} /> };
  return [
    ...(requestBody === '' ? [] : [body]),
    { name: 'Answer', content: () => <JsonView text={answer} /> },
    { name: 'Headers', content: () => <Headers first={`${method} ${url}`} headers={headers} /> },
    { name: 'Schema', content: () => <Schema seq={seq} {...props} /> },
    { name: 'curl', content: () => <Code text={curlOf(call)} label="Copy as curl" /> },
    { name: 'Test', content: () => <Code text={fetchOf(call, ORIGIN)} label="Copy test code" /> },
  ];
}

function callOf({ method, url, headers, requestBody }: StoryRequest) {
  const kept = ['authorization', 'content-type'].flatMap((name) => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value.replace('[bearer key]', '$KEY')] as const] : [];
  });
  return {
    method,
    url: ORIGIN + url,
    headers: Object.fromEntries(kept),
    ...(requestBody === '' ? {} : { body: requestBody }),
  };
}

function plainHeaders(headers: StoryRequest['headers']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, [value].flat().join(', ')] as const],
    ),
  );
}

/** A list of tabs, of which the arrow keys reach all. The chosen tab stays chosen when another row is selected. */
function Tabs({ tabs }: { readonly tabs: readonly Tab[] }) {
  const id = useId();
  const [chosen, setChosen] = useState('');
  const open = tabs.find(({ name }) => name === chosen) ?? tabs[0];
  if (open === undefined) return null;
  const move = (event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    const next = tabs[(tabs.indexOf(open) + step + tabs.length) % tabs.length];
    if (step === 0 || next === undefined) return;
    event.preventDefault();
    setChosen(next.name);
    event.currentTarget.querySelector<HTMLElement>(`#${CSS.escape(`${id}-${next.name}`)}`)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label="Parts of the message" onKeyDown={move}>
        {tabs.map(({ name }) => (
          <button
            key={name}
            id={`${id}-${name}`}
            type="button"
            role="tab"
            aria-selected={name === open.name}
            aria-controls={`${id}-panel`}
            tabIndex={name === open.name ? 0 : -1}
            onClick={() => setChosen(name)}
          >
            {name}
          </button>
        ))}
      </div>
      <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${open.name}`}>
        {open.content()}
      </div>
    </>
  );
}

function Headers({ first, headers }: { readonly first: string; readonly headers: StoryRequest['headers'] }) {
  return (
    <pre>
      {first}
      {'\n'}
      {headerText(headers)}
    </pre>
  );
}

function Answer({ end }: { readonly end: StoryAttempt['end'] }) {
  if (end === null) return <p>The receiver has not answered yet.</p>;
  const { status, detail, answer } = end.attempt;
  return (
    <>
      <p>
        {status === null ? 'The receiver did not answer.' : `HTTP ${status}`}
        {detail !== null && ` ${detail}`}
      </p>
      <JsonView text={answer} />
    </>
  );
}

function Code({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <>
      <pre>{text}</pre>
      <CopyButton text={text} label={label} />
    </>
  );
}

function Difference({
  before,
  after,
}: {
  readonly before: StoryAttempt | null;
  readonly after: StoryAttempt;
}) {
  if (before === null) return null;
  const name = `${before.delivery.id} attempt ${before.start.n}`;
  return (
    <>
      <DiffOf
        title={`Headers, compared with ${name}`}
        before={headerText(before.start.headers)}
        after={headerText(after.start.headers)}
      />
      <DiffOf title={`Body, compared with ${name}`} before={before.start.body} after={after.start.body} />
    </>
  );
}

function DiffOf({
  title,
  before,
  after,
}: {
  readonly title: string;
  readonly before: string;
  readonly after: string;
}) {
  const lines = differences(before, after);
  return (
    <>
      <h4>{title}</h4>
      {lines === null ? (
        <p>Identical.</p>
      ) : (
        <pre class="diff">
          {lines.map(({ mark, text }, n) => (
            <span key={n} class={mark === '+' ? 'added' : mark === '-' ? 'removed' : ''}>
              {mark} {text}
              {'\n'}
            </span>
          ))}
        </pre>
      )}
    </>
  );
}

function Schema({ seq, checks, checkedTo, recheck }: SpanPanelProps & { readonly seq: number }) {
  const found = checks.find((one) => one.seq === seq);
  if (seq > checkedTo) {
    return (
      <button type="button" onClick={() => recheck()}>
        Check against the vendor's document
      </button>
    );
  }
  if (found === undefined) return <p class="matches">✓ Matches the vendor's document.</p>;
  return (
    <>
      <Found title="Request" problems={found.request} />
      <Found title="Answer" problems={found.answer} />
      <Found title="Callback" problems={found.callback} />
    </>
  );
}

function Found({ title, problems }: { readonly title: string; readonly problems: MessageProblems }) {
  if (problems.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <Problems problems={problems} />
    </>
  );
}

function DownloadFacts({ download }: { readonly download: StoryDownload }) {
  const { name, method, status, range, hasKey, bytesSent, bytesTotal, durationMs } = download;
  const facts: readonly (readonly [string, string])[] = [
    ['File', name],
    ['Method', method],
    ['Status', status === null ? 'no answer' : `${status}`],
    ['Sent', `${bytesSent} of ${bytesTotal} bytes in ${durationMs} ms`],
    ['Range', range ?? 'none'],
    ['Key', hasKey ? 'sent, although the media host does not need it' : 'not sent'],
  ];
  return (
    <dl class="facts-list">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
