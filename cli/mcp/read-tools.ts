import { describeCase } from '../../contract-tests/case-definition.ts';
import { CodedError, ERRORS, listScenarios, type TaskReport } from '../../mock-server/index.ts';
import { didYouMean } from '../../mock-server/internal.ts';
import { reasonOf } from './delivery-reason.ts';
import type { McpContext, McpTool } from './mcp-tool.ts';

const text = (description: string): object => ({ type: 'string', description });
const limit = {
  type: 'integer',
  minimum: 1,
  maximum: 200,
  description: 'most entries to return (default: 20)',
};

/** The tools that change nothing and call nothing but the mock. */
export const READ_TOOLS: readonly McpTool[] = [
  {
    name: 'list_packs',
    description: 'Lists the vendors that the mock serves, with their base URLs, calls and callback events.',
    writes: false,
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    async run(_args, { admin, packs }) {
      return packs.map(({ name, title, profile, operations, events }) => ({
        name,
        title,
        profile,
        baseUrl: `${admin.url}/${name}`,
        operations: operations.map(({ id, type, method, path }) => ({ id, type, method, path })),
        events: [...events.keys()],
      }));
    },
  },
  {
    name: 'list_scenarios',
    description: 'Lists the scenarios, which decide how a task ends and what happens to its callbacks.',
    writes: false,
    inputSchema: {
      type: 'object',
      properties: { pack: text('name of a pack, to list only those that it supports') },
      additionalProperties: false,
    },
    async run({ pack }, { packs }) {
      const known = pack === undefined ? packs : [packNamed(String(pack), packs)];
      return listScenarios(known).map(({ name, summary }) => ({ name, summary }));
    },
  },
  {
    name: 'list_tasks',
    description: 'Lists the newest tasks of the mock with their state and the status of their callbacks.',
    writes: false,
    inputSchema: { type: 'object', properties: { limit }, additionalProperties: false },
    async run({ limit: most = 20 }, { admin }) {
      const tasks = (await admin.ask('GET', `/tasks?limit=${Number(most)}`)) as readonly TaskReport[];
      return tasks.map(({ id, pack, state, scenario, submittedAt, deliveries }) => ({
        id,
        pack,
        state,
        scenario,
        submittedAt,
        deliveries: deliveries.map(({ id: delivery, status, attempts }) => ({
          id: delivery,
          status,
          attempts: attempts.length,
        })),
      }));
    },
  },
  {
    name: 'show_task',
    description:
      'Shows a task: its timeline, its callbacks with every attempt, and the reason of each outcome.',
    writes: false,
    inputSchema: {
      type: 'object',
      properties: { taskId: text('id that the submission returned') },
      required: ['taskId'],
      additionalProperties: false,
    },
    async run({ taskId }, { admin }) {
      const path = `/tasks/${encodeURIComponent(String(taskId))}`;
      const {
        plan: _plan,
        deliveries,
        ...task
      } = (await admin.ask('GET', path)) as TaskReport & {
        readonly plan: unknown;
      };
      return { ...task, deliveries: deliveries.map((one) => ({ ...one, reason: reasonOf(one) })) };
    },
  },
  {
    name: 'judge_clients',
    description:
      'Judges the calls that the mock has received against the rules for clients; lists what failed.',
    writes: false,
    inputSchema: { type: 'object', properties: {}, additionalProperties: false },
    run: async (_args, { admin }) => failedOf(await admin.ask('GET', '/verdicts')),
  },
  {
    name: 'explain',
    description:
      'Explains a case of the contract (such as RCV-ACK-01 or CLI-POL-02) or an error code (such as OPTION_INVALID): what is required, why, and how to fix a failure.',
    writes: false,
    inputSchema: {
      type: 'object',
      properties: { code: text('id of a case, or an error code'), pack: text('vendor whose figures to use') },
      required: ['code'],
      additionalProperties: false,
    },
    run: ({ code, pack }, context) => explain(String(code).toUpperCase(), pack, context),
  },
];

/** @throws {CodedError} OPTION_INVALID when the mock does not serve it */
export function packNamed(name: string, packs: McpContext['packs']): McpContext['packs'][number] {
  const found = packs.find((pack) => pack.name === name);
  if (found !== undefined) return found;
  const names = packs.map((pack) => pack.name);
  throw new CodedError(
    'OPTION_INVALID',
    `no pack is named "${name}"`,
    didYouMean(name, names, `Use one of: ${names.join(', ')}.`),
  );
}

async function explain(code: string, pack: unknown, { packs }: McpContext): Promise<unknown> {
  if (Object.hasOwn(ERRORS, code)) return { code, ...ERRORS[code as keyof typeof ERRORS] };
  const [{ RECEIVER_CASES }, { CLIENT_CASES }] = await Promise.all([
    import('../../contract-tests/receiver/cases.ts'),
    import('../../contract-tests/client/cases.ts'),
  ]);
  const all = [...RECEIVER_CASES, ...CLIENT_CASES];
  const found = all.find(({ id }) => id === code);
  if (found !== undefined) {
    return describeCase(found, pack === undefined ? packs : [packNamed(String(pack), packs)]);
  }
  throw new CodedError(
    'CASE_UNKNOWN',
    `neither a case nor an error code is named "${code}"`,
    didYouMean(
      code,
      [...all.map(({ id }) => id), ...Object.keys(ERRORS)],
      'Run "stuntdouble cases" for the cases.',
    ),
  );
}

interface JudgedCase {
  readonly id: string;
  readonly status: string;
  readonly verdicts: Readonly<Record<string, { readonly expected: string; readonly actual: string }>>;
  readonly remedy: string;
}

/** The part of a report that a model needs: counts, and the cases that failed. */
export function failedOf(report: unknown): object {
  const { cases } = report as { readonly cases: readonly JudgedCase[] };
  const counts: Record<string, number> = {};
  for (const { status } of cases) counts[status] = (counts[status] ?? 0) + 1;
  const failed = cases.filter(({ status }) => status === 'failed' || status === 'non-strict');
  return {
    counts,
    failed: failed.map(({ id, status, verdicts, remedy }) => ({ id, status, verdicts, remedy })),
  };
}
