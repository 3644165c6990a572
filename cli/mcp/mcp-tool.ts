import type { MockServer } from '../../mock-server/index.ts';
import type { AdminCalls } from '../admin-calls.ts';

/** What the tools work with. */
export interface McpContext {
  readonly admin: AdminCalls;
  /** The packs of the mock. */
  readonly packs: MockServer['packs'];
}

/** A tool that a model can call. */
export interface McpTool {
  readonly name: string;
  readonly description: string;
  /** Whether it changes the mock or calls a receiver, which requires `--allow-write`. */
  readonly writes: boolean;
  /** JSON schema of the arguments, which are checked against it before `run`. */
  readonly inputSchema: {
    readonly type: 'object';
    readonly properties: Readonly<Record<string, object>>;
    readonly required?: readonly string[];
    readonly additionalProperties: false;
  };
  /** @returns the result, as JSON data. @throws {CodedError} whose message and remedy the model is shown */
  run(args: Readonly<Record<string, unknown>>, context: McpContext): Promise<unknown>;
}
