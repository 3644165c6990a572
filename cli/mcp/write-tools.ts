import { CodedError } from '../../mock-server/index.ts';
import type { McpContext, McpTool } from './mcp-tool.ts';
import { failedOf, packNamed } from './read-tools.ts';

const text = (description: string): object => ({ type: 'string', description });

/** The tools that change the mock or call a receiver. */
export const WRITE_TOOLS: readonly McpTool[] = [
  {
    name: 'submit',
    description:
      'Submits a task to the mock as a client of the vendor would. Fields that are not given come from an example.',
    writes: true,
    inputSchema: {
      type: 'object',
      properties: {
        pack: text('name of the pack, see list_packs'),
        operation: text('id of the operation (default: the first that submits a task)'),
        request: { type: 'object', description: 'fields of the body that differ from the example' },
        callbackUrl: text('URL that the callbacks are sent to'),
        scenario: text('how the task ends, see list_scenarios (default: success)'),
      },
      required: ['pack'],
      additionalProperties: false,
    },
    run: submit,
  },
  {
    name: 'advance',
    description:
      'Moves the time of the mock forward, and waits until all callbacks that became due have ended, retries included.',
    writes: true,
    inputSchema: {
      type: 'object',
      properties: { by: text('duration such as 30s, 2m, 1h or 14d') },
      required: ['by'],
      additionalProperties: false,
    },
    run: ({ by }, { admin }) => admin.ask('POST', '/clock', { advance: by }),
  },
  {
    name: 'run_case',
    description:
      'Runs one case of the contract against a receiver, which receives callbacks of generated tasks.',
    writes: true,
    inputSchema: {
      type: 'object',
      properties: {
        case: text('id of the case, such as RCV-ACK-01'),
        url: text('URL of the receiver'),
        event: text('callback event, such as those of list_packs'),
      },
      required: ['case', 'url', 'event'],
      additionalProperties: false,
    },
    async run({ case: id, url, event }) {
      const { judgeReceiver } = await import('../../contract-tests/receiver/judge-receiver.ts');
      const report = await judgeReceiver({
        url: String(url),
        event: String(event),
        only: [String(id).toUpperCase()],
      });
      const cases = report.cases.map(({ id: own, status, stimulus, verdicts, timeline }) => ({
        id: own,
        status,
        stimulus,
        verdicts,
        timeline,
      }));
      return { ...failedOf(report), cases };
    },
  },
];

/** The key of the calls, so that a queued scenario is not used by another client of a shared mock. */
const KEY = 'stuntdouble-mcp';

interface ListedOperation {
  readonly id: string;
  readonly does: string;
  readonly method: string;
  readonly path: string;
  readonly example: Readonly<Record<string, unknown>> | null;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON Pointer into the body. */
  readonly callbackUrlAt: string | null;
}

interface ListedPack {
  readonly name: string;
  readonly operations: readonly ListedOperation[];
}

async function submit(
  args: Readonly<Record<string, unknown>>,
  { admin, packs }: McpContext,
): Promise<unknown> {
  const pack = packNamed(String(args.pack), packs);
  const listed = (await admin.ask('GET', '/packs')) as readonly ListedPack[];
  const operation = operationOf(
    listed.find(({ name }) => name === pack.name),
    args.operation,
  );
  if (args.scenario !== undefined) {
    await admin.ask('POST', '/scenarios', { scenario: args.scenario, apiKey: KEY });
  }
  const { path, headers } = withKey(`/${pack.name}${operation.path}`, pack.auth.places[0]?.text);
  const body = { ...operation.example, ...(args.request as object | undefined) };
  return admin.send(path, {
    method: operation.method,
    headers: { ...operation.headers, ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(withCallback(body, operation.callbackUrlAt, args.callbackUrl)),
  });
}

function operationOf(pack: ListedPack | undefined, id: unknown): ListedOperation {
  const all = (pack?.operations ?? []).filter(({ does }) => does === 'submit');
  const found =
    id === undefined ? all.find(({ path }) => !path.includes('{')) : all.find((one) => one.id === id);
  if (found !== undefined && !found.path.includes('{')) return found;
  const usable = all.filter(({ path }) => !path.includes('{')).map((one) => one.id);
  throw new CodedError(
    'OPTION_INVALID',
    id === undefined
      ? 'no operation of this pack can be called without an id'
      : `"${id}" cannot be submitted`,
    `Use one of: ${usable.join(', ')}.`,
  );
}

/** @param place where the vendor reads the key, such as `Authorization: Bearer KEY` or `?key=KEY` */
function withKey(path: string, place = ''): { path: string; headers: Record<string, string> } {
  const [, name = '', value = ''] = /^([\w-]+): (.*)$/.exec(place) ?? [];
  if (name !== '') return { path, headers: { [name.toLowerCase()]: value.replace('KEY', KEY) } };
  return { path: place === '' ? path : `${path}${place.replace('KEY', KEY)}`, headers: {} };
}

function withCallback(body: object, pointer: string | null, url: unknown): object {
  if (url === undefined) return body;
  if (pointer === null) {
    throw new CodedError(
      'OPTION_INVALID',
      'the body of this operation does not name a callback URL',
      'Omit callbackUrl, or submit another operation.',
    );
  }
  const [name = '', ...rest] = pointer.slice(1).split('/');
  const inner: unknown = Object.entries(body).find(([key]) => key === name)?.[1];
  const nested = typeof inner === 'object' && inner !== null ? inner : {};
  return { ...body, [name]: rest.length === 0 ? url : withCallback(nested, `/${rest.join('/')}`, url) };
}
