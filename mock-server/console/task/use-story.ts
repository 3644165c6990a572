import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { planIn, type Story, type StoryPlan } from '../../pages/story.ts';
import type { EntryChecks, JournalEntry, Task } from '../admin-types.ts';
import { admin, Refusal } from '../api.ts';
import { clock, connection, instance, onEntry, onEveryEntry, serviceNow, version, wallNow } from '../live.ts';
import { packs, rulesOf } from '../packs.ts';

/** What the page of a task shows, and the checks of its messages. */
export interface LoadedStory {
  /** Null until it is loaded, and for a task that does not exist. */
  readonly story: Story | null;
  /** Violations of the vendor's document. */
  readonly checks: readonly EntryChecks[];
  /** The last entry that was checked. */
  readonly checkedTo: number;
  /** Why it cannot be shown; empty without a problem. */
  readonly problem: string;
  /** Checks the messages again, because those from the stream are not checked yet. */
  readonly recheck: () => void;
}

interface Loaded {
  readonly plan: StoryPlan | null;
  readonly entries: readonly JournalEntry[];
}

/** More entries of one task are not loaded. */
const MOST_ENTRIES = 20_000;
/** How often the page shows how long an attempt has been in flight. */
const TICK_MS = 250;
const RETRY_MS = 1000;

/** Loads a task with two requests, and keeps it up to date from the stream. */
export function useStory(taskId: string): LoadedStory {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [checked, setChecked] = useState<{ checks: readonly EntryChecks[]; to: number }>({
    checks: [],
    to: 0,
  });
  const [problem, setProblem] = useState('');
  /** Increases when the mock did not answer, and is asked again. */
  const [round, setRound] = useState(0);
  const fresh = useRef<JournalEntry[]>([]);
  const path = encodeURIComponent(taskId);
  const lastSeq = useRef(0);
  lastSeq.current = loaded?.entries.at(-1)?.seq ?? 0;
  const recheck = useCallback(
    (to: number = lastSeq.current): void => {
      admin<EntryChecks[]>('GET', `tasks/${path}/checks`).then(
        (checks) => setChecked({ checks, to }),
        () => undefined,
      );
    },
    [path],
  );
  const isConnected = connection.value === 'open';
  const run = instance.value;
  useEffect(() => {
    if (!isConnected) return;
    let isCurrent = true;
    let retry: ReturnType<typeof setTimeout> | undefined;
    fresh.current = [];
    const stop = onEntry(taskId, (entry) => {
      fresh.current.push(entry);
      setLoaded((known) => (known === null ? null : withEntries(known, [entry])));
    });
    const stopReset = onEveryEntry(({ type }) => {
      if (type !== 'server.reset') return;
      setLoaded(null);
      setProblem('The mock was reset, and this task no longer exists.');
    });
    load(taskId).then(
      (answer) => {
        if (!isCurrent) return;
        setLoaded(withEntries(answer, fresh.current));
        setProblem('');
        if (answer.isWhole) recheck(answer.entries.at(-1)?.seq ?? 0);
      },
      (error: Error) => {
        if (!isCurrent) return;
        setProblem(error.message);
        if (!(error instanceof Refusal)) retry = setTimeout(() => setRound((round) => round + 1), RETRY_MS);
      },
    );
    return () => {
      isCurrent = false;
      clearTimeout(retry);
      stop();
      stopReset();
    };
  }, [taskId, isConnected, run, round, recheck]);
  const story = storyOf(loaded);
  useTicks(story !== null && isMoving(story));
  // Reading the signal renders again when the clock of the mock moves.
  const _version = version.value;
  const _packs = packs.value;
  return { story, checks: checked.checks, checkedTo: checked.to, problem, recheck };
}

/** The plan of a task is missing among its entries when the journal does not keep all of them. */
async function load(taskId: string): Promise<Loaded & { readonly isWhole: boolean }> {
  const path = encodeURIComponent(taskId);
  const entries = await admin<JournalEntry[]>('GET', `journal?taskId=${path}&limit=${MOST_ENTRIES}`);
  const plan = planIn(entries);
  if (plan !== null) return { plan, entries, isWhole: true };
  const { plan: known } = await admin<Task>('GET', `tasks/${path}`);
  return { plan: known, entries, isWhole: false };
}

function withEntries({ plan, entries }: Loaded, more: readonly JournalEntry[]): Loaded {
  const last = entries.at(-1)?.seq ?? 0;
  const added = more.filter(({ seq }) => seq > last);
  const all = added.length === 0 ? entries : [...entries, ...added];
  return { plan: planIn(added) ?? plan, entries: all };
}

function storyOf(loaded: Loaded | null): Story | null {
  if (loaded === null || loaded.plan === null) return null;
  const { plan, entries } = loaded;
  const [first] = plan.callbacks;
  const rules = first === undefined ? undefined : rulesOf(plan.pack, first.event);
  const times = { now: serviceNow(), wallNow: wallNow() };
  return { plan, entries, ...times, ...(rules === undefined ? {} : { timeoutMs: rules.timeoutMs }) };
}

/** Returns whether the page changes without a new entry. */
function isMoving({ entries, plan, now }: Story): boolean {
  const started = entries.filter(({ type }) => type === 'attempt.started').length;
  const ended = entries.filter(({ type }) => type === 'attempt.ended').length;
  const isOpen = started > ended;
  const isPlanned = plan.steps.some(({ at }) => Date.parse(at) > now);
  return isOpen || (clock.value?.mode === 'real' && isPlanned);
}

/** Renders the component again and again while something moves. */
function useTicks(isOn: boolean): void {
  const [, setTick] = useState(0);
  useEffect(() => {
    if (!isOn) return;
    const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(() => setTick((tick) => tick + 1), isCalm ? 1000 : TICK_MS);
    return () => clearInterval(timer);
  }, [isOn]);
}
