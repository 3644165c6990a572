import { useEffect, useRef } from 'preact/hooks';
import { headlineOf } from '../../pages/headline.ts';
import { deliveriesIn, type Story } from '../../pages/story.ts';
import { requestRow, type WaterfallRow, waterfallOf } from '../../pages/waterfall.ts';
import { choose, closeTask, route } from '../route.ts';
import { ShareTask } from '../share/share-buttons.tsx';
import { Commands } from './commands.tsx';
import { MediaFiles } from './media-files.tsx';
import { SpanPanel } from './span-panel.tsx';
import { States } from './states.tsx';
import { type LoadedStory, useStory } from './use-story.ts';
import { Waterfall } from './waterfall.tsx';

/** One task: its status with the reason, its states, and its messages. */
export function TaskPage({ taskId }: { readonly taskId: string }) {
  const loaded = useStory(taskId);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  useEffect(() => {
    const leave = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape') closeTask();
    };
    addEventListener('keydown', leave);
    return () => removeEventListener('keydown', leave);
  }, []);
  const { story, problem } = loaded;
  return (
    <aside class="task" aria-label={`Task ${taskId}`}>
      <header>
        <h2 ref={heading} tabIndex={-1}>
          Task <code>{taskId}</code>
        </h2>
        <button type="button" onClick={closeTask}>
          Close
        </button>
      </header>
      {problem !== '' && (
        <p role="alert" class="bad">
          ✗ {problem}
        </p>
      )}
      {story !== null && <StoryView story={story} loaded={loaded} />}
    </aside>
  );
}

function StoryView({ story, loaded }: { readonly story: Story; readonly loaded: LoadedStory }) {
  const selected = route.value.query.span ?? '';
  const { plan } = story;
  const headline = headlineOf(story);
  const rows = waterfallOf(story);
  const deliveries = deliveriesIn(story);
  const row = selectedRow(rows, selected);
  const isOver = plan.steps.every(({ at }) => Date.parse(at) <= story.now);
  const [first] = deliveries;
  return (
    <>
      <p class={`headline ${headline.tone}`}>
        <strong>{headline.word}.</strong> {headline.why}
      </p>
      <p class="faint">
        {plan.pack}, {plan.kind} · key {plan.account} · scenario <code>{plan.scenario.name}</code>
      </p>
      <States story={story} />
      <div class="task-tools">
        <Commands story={story} isOver={isOver} />
        <ShareTask story={story} />
      </div>
      <div class="story">
        <Waterfall
          rows={rows}
          startAt={Date.parse(plan.submittedAt)}
          receiver={first === undefined ? 'no receiver' : `receiver ${shortUrl(first.url)}`}
          selected={row?.key ?? ''}
          violations={new Set(loaded.checks.map(({ seq }) => seq))}
          select={({ key }) => choose({ span: key })}
        />
        {row !== undefined && (
          <SpanPanel
            row={row}
            deliveries={deliveries}
            checks={loaded.checks}
            checkedTo={loaded.checkedTo}
            recheck={loaded.recheck}
          />
        )}
      </div>
      <MediaFiles
        taskId={plan.taskId}
        state={`${isOver} ${plan.mediaExpiresAt !== null && Date.parse(plan.mediaExpiresAt) <= story.now}`}
      />
    </>
  );
}

/** Returns the selected row; before the first selection, the last attempt or else the submission. */
function selectedRow(rows: readonly WaterfallRow[], key: string): WaterfallRow | undefined {
  const found = rows.find((row) => row.key === key);
  if (found !== undefined) return found;
  const poll = rows.flatMap(({ requests }) => requests).find(({ seq }) => key === `request-${seq}`);
  if (poll !== undefined) return requestRow(poll);
  return rows.findLast(({ attempt }) => attempt !== null) ?? rows.find(({ requests }) => requests.length > 0);
}

function shortUrl(url: string): string {
  return url.replace(/^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])?/, '');
}
