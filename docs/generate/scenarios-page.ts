import { listScenarios, loadPacks, type ScenarioEntry } from '../../mock-server/index.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

/** Headings by the first part of a scenario name. */
const FAMILIES: Readonly<Record<string, string>> = {
  fail: 'Failed tasks',
  submit: 'Submission faults',
  poll: 'Polling faults',
  state: 'State faults',
  callback: 'Callback faults',
  media: 'Download faults',
};

/** Returns `docs/reference/scenarios.md`, generated from the catalog and the packs of the package. */
export function scenariosPage(): string {
  const packs = loadPacks();
  const all = listScenarios(packs);
  const familyOf = ({ name }: ScenarioEntry): string => name.split('.')[0] ?? '';
  const shared = all.filter((entry) => entry.packs.length === packs.length);
  const families = (entries: readonly ScenarioEntry[]): string[] => [...new Set(entries.map(familyOf))];
  return textOf([
    ...pageOf('Scenarios', INTRODUCTION, 'the catalog of scenarios and the packs'),
    '## For every vendor',
    '',
    ...families(shared).flatMap((family) => [
      ...(FAMILIES[family] === undefined ? [] : [`### ${FAMILIES[family]}`, '']),
      ...rows(shared.filter((entry) => familyOf(entry) === family)),
    ]),
    ...packs.flatMap((pack) => {
      const own = all.filter((entry) => !shared.includes(entry) && entry.packs.includes(pack.name));
      return own.length === 0 ? [] : [`## ${pack.title}`, '', `Pack ${code(pack.name)}.`, '', ...rows(own)];
    }),
  ]);
}

const INTRODUCTION = [
  'A scenario determines what happens to a task. It is fixed when the task is submitted, by the first of these that',
  'applies: the header `X-Mock-Scenario`, `[[scenario:NAME]]` inside the prompt, the queue',
  '([`POST /__admin/scenarios`](admin-api.md#queue-scenario) or `mock.scenarios.enqueue()`), and `--scenario`.',
  '',
  '`+` joins scenarios: `fail.nsfw+callback.duplicate`. `*3` after a poll scenario repeats it for three polls, `*` for',
  'all of them: `poll.429*3`. `stuntdouble scenarios` prints this list with the packs that you load.',
];

function rows(entries: readonly ScenarioEntry[]): string[] {
  return table(
    ['scenario', 'what happens'],
    entries.map(({ name, summary }) => [code(name), summary]),
  );
}
