import { exercised, keysOf, METHODS, ROOT, walk } from './admin-conformance.ts';

/** Documented statuses that these tests cannot cause, with the reason. */
const NOT_EXERCISED: Readonly<Record<string, string>> = {
  'post /clock 500': 'users cannot set up an endless series of due events',
  ...Object.fromEntries(
    [
      ...['post /reset', 'post /clock', 'post /tasks/{taskId}/redeliver', 'post /tasks/{taskId}/amend'],
      ...['post /scenarios', 'delete /scenarios', 'delete /journal'],
    ].map((call) => [`${call} 503`, 'needs a failing disk; see failing-disk.test.ts']),
  ),
};

/** The test file of each entry type that other tests than those of the journal cause. */
const OWNER_OF_ENTRY: Readonly<Record<string, string>> = {
  'server.reset': 'health-calls',
  'task.amended': 'task-calls',
  'task.forgotten': 'task-calls',
};

/** The test file of each resource, by the last segment of its path that is listed. */
const OWNER_OF_PATH: Readonly<Record<string, string>> = {
  health: 'health-calls',
  'openapi.json': 'health-calls',
  metrics: 'health-calls',
  reset: 'health-calls',
  clock: 'clock-calls',
  packs: 'pack-calls',
  tasks: 'task-calls',
  media: 'media-calls',
  'report.html': 'report-calls',
  snapshot: 'snapshot-calls',
  endpoints: 'endpoint-calls',
  scenarios: 'scenario-calls',
  journal: 'journal-calls',
  events: 'journal-calls',
  verdicts: 'verdict-calls',
};

/** The test file of each status that is the same for all resources. */
const OWNER_OF_STATUS: Readonly<Record<string, string>> = {
  401: 'admin-guard',
  403: 'admin-guard',
  413: 'parameters',
  415: 'parameters',
};

/** Returns the documented statuses, like `get /clock 200`. */
export function documentedStatuses(): string[] {
  return keysOf(walk(ROOT, 'paths')).flatMap((path) =>
    METHODS.flatMap((method) => {
      const responses = walk(ROOT, 'paths', path, method, 'responses');
      return keysOf(responses).map((status) => `${method} ${path} ${status}`);
    }),
  );
}

/** Returns every documented status and entry type, by the test file that must cause it. */
export function documentedNames(): ReadonlyMap<string, readonly string[]> {
  const owned = new Map<string, string[]>();
  const add = (owner: string, name: string): void => {
    owned.set(owner, [...(owned.get(owner) ?? []), name]);
  };
  for (const name of documentedStatuses()) {
    const [, path = '', status = ''] = name.split(' ');
    const segment = path.split('/').findLast((one) => Object.hasOwn(OWNER_OF_PATH, one)) ?? '';
    add(OWNER_OF_STATUS[status] ?? OWNER_OF_PATH[segment] ?? 'none', name);
  }
  for (const name of ['CallUnknown', 'MethodUnknown']) add('admin-errors', name);
  const entries = keysOf(walk(ROOT, 'components', 'schemas', 'JournalEntry', 'discriminator', 'mapping'));
  for (const type of entries) add(OWNER_OF_ENTRY[type] ?? 'journal-calls', `journal entry ${type}`);
  return owned;
}

/** Returns what the tests of a file should have caused by now and have not. */
export function missedBy(owner: string): string[] {
  const names = documentedNames().get(owner);
  if (names === undefined) throw new Error(`the document has nothing for ${owner}.test.ts`);
  return names.filter((name) => !exercised.has(name) && !Object.hasOwn(NOT_EXERCISED, name));
}
