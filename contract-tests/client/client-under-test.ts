import { type Ending, runCommand } from './run-command.ts';

/** What a client is told in one run. */
export interface ClientContext {
  /** The mock's base URL. */
  readonly url: string;
  /** A key of this run's own. */
  readonly key: string;
  /** A callback URL that is always answered with 200, for clients without a receiver of their own. */
  readonly callback: string;
  readonly prompt: string;
  /** An empty folder; it is the same when the client runs a second time. */
  readonly dir: string;
  /** Ends when the client should. */
  readonly signal: AbortSignal;
  /** Takes what the client tells its user; a command prints it. */
  log(text: string): void;
}

export interface RunLimits {
  readonly limitMs: number;
  readonly timeZone: string | null;
}

/** The client to be judged. */
export interface ClientUnderTest {
  /** For people: the command, or the name of the function. */
  readonly name: string;
  /** Whether the prompt can be chosen. */
  readonly takesPrompt: boolean;
  run(context: ClientContext, limits: RunLimits): Promise<Ending>;
}

export interface CommandClient {
  readonly command: readonly string[];
  /** Variables of its environment; `{url}` and the like are filled in, as in the command. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

export type ClientFunction = (context: ClientContext) => unknown;

export function clientOfCommand({ command, env = {}, cwd }: CommandClient): ClientUnderTest {
  const texts = [...command, ...Object.values(env)];
  return {
    name: command.join(' '),
    takesPrompt: texts.some((text) => text.includes('{prompt}')),
    run(context, { limitMs, timeZone }) {
      const filled = Object.entries(env).map(([name, text]) => [name, fillIn(text, context)] as const);
      return runCommand(
        command.map((text) => fillIn(text, context)),
        {
          env: { ...(timeZone === null ? {} : { TZ: timeZone }), ...Object.fromEntries(filled) },
          cwd,
          limitMs,
        },
      );
    },
  };
}

/** What it returns or logs is its output; when it throws, it failed. */
export function clientOfFunction(run: ClientFunction): ClientUnderTest {
  return {
    name: run.name === '' ? 'a function' : run.name,
    takesPrompt: true,
    async run(context, { limitMs }) {
      const lines: string[] = [];
      const stop = new AbortController();
      const own = Object.create(context, {
        log: { value: (text: string) => lines.push(text) },
        signal: { value: stop.signal },
      }) as ClientContext;
      const ending = (exitCode: number | null): Ending => ({ exitCode, output: lines.join('\n') });
      const finished = (async () => {
        try {
          const value = await run(own);
          if (value !== undefined) lines.push(typeof value === 'string' ? value : JSON.stringify(value));
          return ending(0);
        } catch (error) {
          lines.push(error instanceof Error ? error.message : String(error));
          return ending(1);
        }
      })();
      return withLimit(finished, limitMs, () => {
        stop.abort(new Error('the time limit of the run is over'));
        return ending(null);
      });
    },
  };
}

// As it is before anybody's tests fake it.
const { setTimeout: later, clearTimeout: notLater } = globalThis;

function withLimit<Value>(work: Promise<Value>, limitMs: number, giveUp: () => Value): Promise<Value> {
  return new Promise((resolve, reject) => {
    const timer = later(() => resolve(giveUp()), limitMs);
    work.then(resolve, reject).finally(() => notLater(timer));
  });
}

function fillIn(text: string, context: ClientContext): string {
  return text.replaceAll(/\{(url|key|callback|prompt|dir)\}/g, (_all, name: 'url') => context[name]);
}
