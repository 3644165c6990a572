import type { Command } from 'commander';
import { CodedError, listScenarios, loadPacks } from '../mock-server/index.ts';
import { bashCompletion } from './completion-bash.ts';
import { fishCompletion } from './completion-fish.ts';
import { zshCompletion } from './completion-zsh.ts';
import { type CompletionWords, describeCommands } from './describe-commands.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

const SCRIPTS: Readonly<Record<string, (words: CompletionWords) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Returns the script that completes the commands, options, events and scenarios of a program in a shell. */
export function completion(program: Command, shell: Shell): string {
  const script = SCRIPTS[shell];
  if (script === undefined) {
    throw new CodedError('OPTION_INVALID', `the shell must be bash, zsh or fish, got "${shell}"`);
  }
  const packs = loadPacks();
  return script({
    commands: describeCommands(program),
    events: packs.flatMap((pack) => [...pack.events.keys()]),
    scenarios: listScenarios(packs).map(({ name }) => name),
  });
}
