import { Command } from 'commander';

/** The program that cli/main.ts builds. Importing that file runs it, so the parsing of arguments is held back. */
export async function readProgram(): Promise<Command> {
  const { parseAsync } = Command.prototype;
  try {
    return await new Promise((resolve, reject) => {
      Command.prototype.parseAsync = function keep(this: Command): Promise<Command> {
        resolve(this);
        return Promise.resolve(this);
      };
      import('../../cli/main.ts').catch(reject);
    });
  } finally {
    Command.prototype.parseAsync = parseAsync;
  }
}
