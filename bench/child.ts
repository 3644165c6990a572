import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BareServer } from './processes/bare-server.ts';
import type { Lifetimes } from './processes/lifetimes.ts';
import type { LoadGenerator } from './processes/load-generator.ts';
import type { MockHost } from './processes/mock-host.ts';
import type { Population } from './processes/population.ts';
import type { Receiver } from './processes/receiver.ts';
import type { Calls, Order, Reply } from './processes/serve-calls.ts';
import type { UndiciLoop } from './processes/undici-loop.ts';

/** The processes that accept calls, by the name of their file in `processes/`. */
export interface Scripts {
  'bare-server': BareServer;
  lifetimes: Lifetimes;
  'load-generator': LoadGenerator;
  'mock-host': MockHost;
  population: Population;
  receiver: Receiver;
  'undici-loop': UndiciLoop;
}

export type ScriptName = keyof Scripts;

/** A child process that executes calls. */
export interface Child<Served extends Calls> {
  call<Name extends keyof Served & string>(
    name: Name,
    ...argument: Parameters<Served[Name]>
  ): Promise<Awaited<ReturnType<Served[Name]>>>;
  close(): Promise<void>;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

export function openChild<Name extends ScriptName>(
  script: Name,
  nodeOptions: readonly string[] = [],
): Child<Scripts[Name]> {
  const file = join(import.meta.dirname, 'processes', `${script}.js`);
  const child = fork(file, { execArgv: [...nodeOptions], serialization: 'advanced' });
  const waiting = new Map<number, Waiting>();
  let calls = 0;

  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      const error = new Error(`the process "${script}" ended (${signal ?? `exit code ${code}`})`);
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      resolve();
    });
  });
  child.on('message', (reply: Reply) => {
    const caller = waiting.get(reply.id);
    waiting.delete(reply.id);
    if (reply.type === 'done') caller?.resolve(reply.result);
    else caller?.reject(new Error(`${script}: ${reply.message}`));
  });

  return {
    call(name, ...[argument]) {
      const order: Order = { id: ++calls, name, argument };
      return new Promise((resolve, reject) => {
        waiting.set(order.id, { resolve: resolve as Waiting['resolve'], reject });
        child.send(order, (error) => {
          if (error !== null) reject(error);
        });
      });
    },
    async close() {
      // The child ends itself when its parent disconnects, so that a crash leaves none behind.
      if (child.connected) child.disconnect();
      await ended;
    },
  };
}
