import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { Ajv } from 'ajv';
import {
  CodedError,
  createMockServer,
  loadPacks,
  type MockServer,
  VERSION,
} from '../../mock-server/index.ts';
import { createAdminCalls } from '../admin-calls.ts';
import { EXIT } from '../exit-codes.ts';
import { judgeInWorker } from '../judge-in-worker.ts';
import { type ServerFlags, serverOptions } from '../server-options.ts';
import type { McpContext, McpTool } from './mcp-tool.ts';
import { READ_TOOLS } from './read-tools.ts';
import { WRITE_TOOLS } from './write-tools.ts';

export interface McpFlags {
  /** The options of the mock that is started, unless `url` names one. */
  readonly server: ServerFlags;
  /** A mock that is running already. */
  readonly url?: string;
  readonly adminToken?: string;
  readonly allowWrite: boolean;
}

/** Serves the Model Context Protocol on two streams until the client closes them. @returns the exit code */
export async function serveMcp(flags: McpFlags, input: Readable, output: Writable): Promise<number> {
  const sdk = await loadSdk();
  const { context, close } = await openMock(flags);
  try {
    const server = new sdk.Server(
      { name: 'stuntdouble', version: VERSION },
      { capabilities: { tools: {} }, instructions: instructionsFor(context, flags.allowWrite) },
    );
    const tools = flags.allowWrite ? [...READ_TOOLS, ...WRITE_TOOLS] : READ_TOOLS;
    server.setRequestHandler(sdk.ListToolsRequestSchema, () => ({
      tools: tools.map(({ name, description, inputSchema, writes }) => ({
        name,
        description,
        inputSchema: { ...inputSchema, required: [...(inputSchema.required ?? [])] },
        annotations: { readOnlyHint: !writes },
      })),
    }));
    const call = callerOf(tools, context);
    server.setRequestHandler(sdk.CallToolRequestSchema, ({ params }) =>
      call(params.name, params.arguments ?? {}),
    );
    const ended = once(input, 'close');
    await server.connect(new sdk.StdioServerTransport(input, output));
    await ended;
    await server.close();
    return EXIT.ok;
  } finally {
    await close();
  }
}

async function loadSdk() {
  try {
    const [{ Server }, { StdioServerTransport }, { CallToolRequestSchema, ListToolsRequestSchema }] =
      await Promise.all([
        import('@modelcontextprotocol/sdk/server/index.js'),
        import('@modelcontextprotocol/sdk/server/stdio.js'),
        import('@modelcontextprotocol/sdk/types.js'),
      ]);
    return { Server, StdioServerTransport, CallToolRequestSchema, ListToolsRequestSchema };
  } catch (error) {
    throw new CodedError(
      'OPTION_INVALID',
      `the package @modelcontextprotocol/sdk cannot be loaded: ${(error as Error).message.split('\n')[0]}`,
      'Install it next to stuntdouble: npm install --save-dev @modelcontextprotocol/sdk',
    );
  }
}

async function openMock(flags: McpFlags): Promise<{ context: McpContext; close: () => Promise<void> }> {
  const options = serverOptions(flags.server);
  if (flags.url !== undefined) {
    const admin = createAdminCalls(flags.url, flags.adminToken ?? null);
    const { packs: names } = (await admin.ask('GET', '/health')) as { readonly packs: readonly string[] };
    const packs = loadPacks(options).filter(({ name }) => names.includes(name));
    return { context: { admin, packs }, close: async () => undefined };
  }
  const judge = judgeInWorker({ time: flags.server.clock === 'real' ? 'wall' : 'service' });
  const mock: MockServer = await createMockServer({ clock: 'virtual', ...options, judge }).listen();
  return {
    context: { admin: createAdminCalls(mock.url, null), packs: mock.packs },
    close: () => mock.close(),
  };
}

function instructionsFor({ admin }: McpContext, allowWrite: boolean): string {
  const rest = allowWrite
    ? 'Submit a task, advance its time, then show the task to see its callbacks.'
    : 'Tools that submit, advance or call a receiver are not available, because it runs without --allow-write.';
  return `A mock of asynchronous AI-video APIs runs at ${admin.url}. ${rest}`;
}

interface ToolResult {
  readonly [key: string]: unknown;
  readonly content: { type: 'text'; text: string }[];
  readonly isError?: boolean;
}

function callerOf(tools: readonly McpTool[], context: McpContext) {
  const ajv = new Ajv({ allErrors: true });
  const known = new Map(tools.map((tool) => [tool.name, { tool, accepts: ajv.compile(tool.inputSchema) }]));
  return async (name: string, args: Readonly<Record<string, unknown>>): Promise<ToolResult> => {
    try {
      const { tool, accepts } = known.get(name) ?? unknownTool(name, tools);
      if (!accepts(args)) {
        throw new CodedError(
          'OPTION_INVALID',
          `the arguments are invalid: ${ajv.errorsText(accepts.errors)}`,
        );
      }
      return { content: [{ type: 'text', text: JSON.stringify(await tool.run(args, context), null, 2) }] };
    } catch (error) {
      return { content: [{ type: 'text', text: explained(error) }], isError: true };
    }
  };
}

function unknownTool(name: string, tools: readonly McpTool[]): never {
  if (WRITE_TOOLS.some((tool) => tool.name === name)) {
    throw new CodedError(
      'OPTION_INVALID',
      `the tool "${name}" changes the mock or calls a receiver, which is not allowed`,
      'Start the server with --allow-write.',
    );
  }
  throw new CodedError(
    'OPTION_INVALID',
    `no tool is named "${name}"`,
    `Use one of: ${tools.map((tool) => tool.name).join(', ')}.`,
  );
}

function explained(error: unknown): string {
  if (!(error instanceof CodedError)) return (error as Error).message;
  return error.remedy === null ? `${error.message}.` : `${error.message.replace(/\.$/, '')}. ${error.remedy}`;
}
