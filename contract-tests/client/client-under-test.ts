import { hideInCommand } from '../hide-keys.ts';
import { withoutProxy } from './proxies.ts';
import { type Ending, runCommand } from './run-command.ts';

/** What a client gets in one run. */
export interface ClientContext {
  /** Base URL of the mock. */
  readonly url: string;
  /** Key of this run. */
  readonly key: string;
  /** Callback URL that always answers 200, for clients without a receiver. */
  readonly callback: string;
  /** Prompt to submit. */
  readonly prompt: string;
  /** PEM file with the certificate authority of the mock; null over plain HTTP. */
  readonly caFile: string | null;
  /** Empty folder; the same one when the client runs a second time. */
  readonly dir: string;
  /** Aborted when the client should end. */
  readonly signal: AbortSignal;
  /** Records what the client tells its user; a command prints it instead. */
  log(text: string): void;
}

export interface RunLimits {
  readonly limitMs: number;
  readonly timeZone: string | null;
  /** Variables that every client of this run needs. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends the run before its limit, when it has nothing more to show. */
  readonly stop: AbortSignal;
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

/** Does one job with the client: makes one video. */
export type ClientFunction = (context: ClientContext) => unknown;

export function clientOfCommand({ command, env = {}, cwd }: CommandClient): ClientUnderTest {
  const texts = [...command, ...Object.values(env)];
  return {
    name: hideInCommand(command).join(' '),
    takesPrompt: texts.some((text) => text.includes('{prompt}')),
    run(context, { limitMs, timeZone, env: needed, stop }) {
      const filled = Object.entries(env).map(([name, text]) => [name, fillIn(text, context)] as const);
      const own = {
        ...(timeZone === null ? {} : { TZ: timeZone }),
        ...needed,
        ...Object.fromEntries(filled),
      };
      return runCommand(
        command.map((text) => fillIn(text, context)),
        {
          env: { ...own, ...withoutProxy({ ...process.env, ...own }) },
          cwd,
          limitMs,
          stop,
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
    async run(context, { limitMs, stop: isOver }) {
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
      return withLimit(finished, limitMs, isOver, () => {
        stop.abort(new Error('the run is over'));
        return ending(null);
      });
    },
  };
}

// As it is before anybody's tests fake it.
const { setTimeout: later, clearTimeout: notLater } = globalThis;

function withLimit<Value>(
  work: Promise<Value>,
  limitMs: number,
  isOver: AbortSignal,
  giveUp: () => Value,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(giveUp());
    const timer = later(end, limitMs);
    isOver.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => {
      notLater(timer);
      isOver.removeEventListener('abort', end);
    });
  });
}

function fillIn(text: string, context: ClientContext): string {
  return text.replaceAll(/\{(url|key|callback|prompt|dir)\}/g, (_all, name: 'url') => context[name]);
}
