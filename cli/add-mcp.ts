import type { Command } from 'commander';
import type { Action, AddText, MakeCommand } from './command-parts.ts';
import type { McpFlags } from './mcp/serve-mcp.ts';
import { webAddress } from './readers.ts';
import { addServerOptions, type ServerFlags } from './server-options.ts';
import { Setting } from './setting.ts';

type FlatFlags = ServerFlags & Partial<Omit<McpFlags, 'server'>>;

const HELP = `
Speaks the protocol on stdin and stdout, so a client starts it, for example with this configuration:
  { "mcpServers": { "stuntdouble": { "command": "npx", "args": ["stuntdouble", "mcp"] } } }

It starts a mock with a virtual clock, or uses a running one with --url. Its tools list packs, scenarios and tasks, show a
task with the reason of each delivery, judge the clients so far, and explain a case or an error with its fix. With
--allow-write, they also submit tasks, advance time, and run one case against a receiver.

The package @modelcontextprotocol/sdk must be installed next to stuntdouble.`;

/** Adds the command that lets a model use the mock. */
export function addMcp(
  program: Command,
  { action, command, addText }: { action: Action; command: MakeCommand; addText: AddText },
): void {
  const mcp = command(
    program,
    'mcp',
    'Serve the Model Context Protocol, so that an assistant can use the mock',
  );
  addServerOptions(mcp, { choosesClock: true });
  const group = 'Protocol:';
  mcp.addOption(
    new Setting('--url <url>', 'running mock to use, instead of starting one', { group, reader: webAddress }),
  );
  mcp.addOption(new Setting('--admin-token <text>', 'token of the running mock', { group }));
  mcp.addOption(
    new Setting('--allow-write', 'offer the tools that submit, advance and call a receiver', { group }),
  );
  addText(mcp, HELP).action(
    action<FlatFlags>(async ({ url, adminToken, allowWrite = false, ...server }) => {
      const { serveMcp } = await import('./mcp/serve-mcp.ts');
      const running = url === undefined ? {} : { url };
      const token = adminToken === undefined ? {} : { adminToken };
      return serveMcp({ server, allowWrite, ...running, ...token }, process.stdin, process.stdout);
    }),
  );
}
