import { sayDuration } from './say-time.ts';
import { deliveriesIn, entriesOf, type Story, type StoryDelivery, type StoryRequest } from './story.ts';

/** Returns the lines of a test that expect what became of a delivery. `task` is the report of its task. */
export function sayTest({ id, attempts, status }: StoryDelivery): string {
  const outcomes = attempts.map(({ end }) => (end === null ? 'in flight' : end.attempt.outcome));
  const settled = status === 'acknowledged' || status === 'abandoned' ? status : 'pending';
  return [
    `const ${id} = task?.deliveries.find(({ id }) => id === '${id}');`,
    `expect(${id}?.status).toBe('${settled}');`,
    `expect(${id}?.attempts.map(({ outcome }) => outcome)).toEqual([${outcomes.map(quoted).join(', ')}]);`,
  ].join('\n');
}

/** Headers that a client sends by itself, or that depend on its machine. */
const OWN_HEADERS =
  /^(host|connection|content-length|accept.*|user-agent|sec-.*|origin|referer|traceparent)$/;

/** Returns a vitest test that submits the task again, moves the clock, and expects the same callbacks. */
export function taskTest(story: Story): string | null {
  const submission = entriesOf(story, 'request.answered').find(({ does }) => does === 'submit');
  if (submission === undefined) return null;
  const { plan, now } = story;
  const deliveries = deliveriesIn(story).filter(({ why }) => why !== 'redelivered');
  const passedMs = Math.max(0, now - Date.parse(plan.submittedAt));
  const urls = [...new Set(deliveries.map(({ url }) => url))];
  const lines = [
    ...(urls.length === 0 ? [] : [`// A receiver must run at ${urls.join(' and ')}.`]),
    `const mock = await createMockServer({ clock: 'virtual', only: [${quoted(plan.pack)}] }).listen();`,
    'try {',
    ...indented(submitLines(submission, plan.scenario.name)),
    '  const submitted = mock.tasks.all().at(-1);',
    `  await mock.clock.advance('${Math.ceil(passedMs / 1000)}s'); // ${sayDuration(passedMs)}`,
    "  const task = mock.tasks.get(submitted?.id ?? '');",
    `  expect(task?.state).toBe(${quoted(plan.steps.at(-1)?.state ?? '')});`,
    ...indented(deliveries.flatMap((delivery) => sayTest(delivery).split('\n'))),
    '} finally {',
    '  await mock.close();',
    '}',
  ];
  return [
    "import { createMockServer } from 'stuntdouble';",
    "import { expect, test } from 'vitest';",
    '',
    `test(${quoted(`${plan.kind}: ${plan.scenario.name}`)}, async () => {`,
    ...indented(lines),
    '});',
    '',
  ].join('\n');
}

function submitLines(request: StoryRequest, scenario: string): readonly string[] {
  const { method, url, headers, requestBody } = request;
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    typeof value !== 'string' || OWN_HEADERS.test(name) ? [] : [[name, withoutKey(value)] as const],
  );
  const named = [
    ...sent.filter(([name]) => name !== 'x-mock-scenario'),
    ['x-mock-scenario', scenario] as const,
  ];
  return [
    `await fetch(\`\${mock.url}${url.replaceAll(/[`\\$]/g, '\\$&')}\`, {`,
    `  method: ${quoted(method)},`,
    `  headers: { ${named.map(([name, value]) => `${quoted(name)}: ${quoted(value)}`).join(', ')} },`,
    ...(requestBody === '' ? [] : [`  body: ${quoted(requestBody)},`]),
    '});',
  ];
}

/** Keys are not in the journal. */
function withoutKey(value: string): string {
  return value.replaceAll(/\[[^\]]*key\]/g, 'test-key');
}

/** Returns a text as a JavaScript string literal. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
