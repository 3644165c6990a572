import { listScenarios, loadPacks, type ScenarioEntry } from '../../mock-server/index.ts';
import { code, pageOf, table, textOf } from './markdown.ts';

/** What the part of a name before the dot stands for. */
const FAMILIES: Readonly<Record<string, string>> = {
  fail: 'The task fails',
  submit: 'The submission goes wrong',
  poll: 'Polling goes wrong',
  state: 'The task takes an unusual course',
  callback: 'The callback goes wrong',
  media: 'The download goes wrong',
};

/** `docs/reference/scenarios.md`, from the catalogue and the packs that come with the package. */
export function scenariosPage(): string {
  const packs = loadPacks();
  const all = listScenarios(packs);
  const familyOf = ({ name }: ScenarioEntry): string => name.split('.')[0] ?? '';
  const shared = all.filter((entry) => entry.packs.length === packs.length);
  const families = (entries: readonly ScenarioEntry[]): string[] => [...new Set(entries.map(familyOf))];
  return textOf([
    ...pageOf('Scenarios', INTRODUCTION, 'the catalogue of scenarios and the packs'),
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
  'A scenario decides what happens to a task. It is fixed when the task is submitted, by the first of these that',
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
