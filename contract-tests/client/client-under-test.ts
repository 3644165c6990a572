import { hideInCommand } from '../hide-keys.ts';
import { withoutProxy } from './proxies.ts';
import { type Ending, runCommand } from './run-command.ts';

/** What a client is given for one run. */
export interface ClientContext {
  /** Base URL of the mock. */
  readonly url: string;
  /** Returns the base URL of one pack, for clients of several vendors; a command uses `{url:PACK}`. */
  urlOf(pack: string): string;
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
  /** Records output of the client; a command prints it instead. */
  log(text: string): void;
}

/** Limits and environment of one run. */
export interface RunLimits {
  readonly limitMs: number;
  readonly timeZone: string | null;
  /** Environment variables of every client in this run. */
  readonly env: Readonly<Record<string, string>>;
  /** Stops the run before its limit. */
  readonly stop: AbortSignal;
}

/** The client under test. */
export interface ClientUnderTest {
  /** Display name: the command, or the name of the function. */
  readonly name: string;
  readonly kind: 'command' | 'function';
  /** Whether the client accepts a prompt. */
  readonly takesPrompt: boolean;
  run(context: ClientContext, limits: RunLimits): Promise<Ending>;
}

/** A client that runs as a command. */
export interface CommandClient {
  readonly command: readonly string[];
  /** Environment variables; placeholders such as `{url}` are filled in, as in the command. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string | undefined;
}

/** Does one job with the client, for example makes one video. */
export type ClientFunction = (context: ClientContext) => unknown;

/** Returns a client that runs a command. */
export function clientOfCommand({ command, env = {}, cwd }: CommandClient): ClientUnderTest {
  const texts = [...command, ...Object.values(env)];
  return {
    name: hideInCommand(command).join(' '),
    kind: 'command',
    takesPrompt: texts.some((text) => text.includes('{prompt}')),
    run(context, { limitMs, timeZone, env: shared, stop }) {
      const filled = Object.entries(env).map(([name, text]) => [name, fillIn(text, context)] as const);
      const own = {
        ...(timeZone === null ? {} : { TZ: timeZone }),
        ...shared,
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

/** Returns a client that calls a function. Its output is what it logs and returns, and it fails when it throws. */
export function clientOfFunction(run: ClientFunction): ClientUnderTest {
  return {
    name: run.name === '' ? 'a function' : run.name,
    kind: 'function',
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

// The real timers, before a test replaces them with fakes.
const { setTimeout: later, clearTimeout: notLater } = globalThis;

function withLimit<Value>(
  work: Promise<Value>,
  limitMs: number,
  isOver: AbortSignal,
  onLimit: () => Value,
): Promise<Value> {
  return new Promise((resolve, reject) => {
    const end = (): void => resolve(onLimit());
    const timer = later(end, limitMs);
    isOver.addEventListener('abort', end, { once: true });
    work.then(resolve, reject).finally(() => {
      notLater(timer);
      isOver.removeEventListener('abort', end);
    });
  });
}

const URL_OF_PACK = /\{url:([^{}]*)\}/g;

function fillIn(text: string, context: ClientContext): string {
  return text
    .replaceAll(URL_OF_PACK, (_all, pack: string) => context.urlOf(pack))
    .replaceAll(/\{(url|key|callback|prompt|dir)\}/g, (_all, name: 'url') => context[name]);
}

/** Returns the names of the packs in placeholders such as `{url:acme}`. */
export function packsNamedIn({ command, env = {} }: Pick<CommandClient, 'command' | 'env'>): string[] {
  return [...command, ...Object.values(env)].flatMap((text) =>
    [...text.matchAll(URL_OF_PACK)].map(([, name = '']) => name),
  );
}
