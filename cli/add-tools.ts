import { Argument, type Command } from 'commander';
import type { Action, AddText, MakeCommand } from './command-parts.ts';
import type { Shell } from './completion.ts';
import type { DoctorFlags } from './doctor.ts';
import { webAddress, wholeNumber } from './readers.ts';
import { Setting } from './setting.ts';

interface Parts {
  readonly action: Action;
  readonly command: MakeCommand;
  readonly addText: AddText;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Adds the commands about the program itself: its configuration, its surroundings and its completion. */
export function addTools(program: Command, parts: Parts): void {
  addInit(program, parts);
  addDoctor(program, parts);
  addCompletion(program, parts);
}

function addInit(program: Command, { action, command, addText }: Parts): void {
  const init = command(program, 'init', 'Write a configuration file in which every option is explained')
    .argument('[file]', 'file to write (default: stuntdouble.config.yaml)')
    .addOption(new Setting('--force', 'replace a file that exists'));
  addText(
    init,
    `
Commands that are run in the same folder use stuntdouble.config.yaml. Pass other files with --config.`,
  ).action((file: string | undefined, flags: { readonly force?: boolean; readonly json?: boolean }) =>
    action<{ readonly force?: boolean }>(async (rest, printer) => {
      const { CONFIG_FILE } = await import('./config-file.ts');
      const { init: write } = await import('./init.ts');
      return write(file ?? CONFIG_FILE, rest, startOf(program), printer);
    })(flags),
  );
}

function startOf(program: Command): Command {
  const start = program.commands.find((command) => command.name() === 'start');
  if (start === undefined) throw new Error('the program has no command "start"');
  return start;
}

function addDoctor(program: Command, { action, command, addText, env }: Parts): void {
  const doctor = command(program, 'doctor', 'Check what usually goes wrong on a machine')
    .addOption(
      new Setting('-p, --port <n>', 'port that the mock is to listen on', {
        reader: wholeNumber(0, 65_535),
        default: 4010,
      }),
    )
    .addOption(
      new Setting('--to <url>', 'receiver whose reachability is checked; nothing is sent to it', {
        reader: webAddress,
      }),
    )
    .addOption(
      new Setting(
        '--allow-callback <host...>',
        'hosts that callbacks may be sent to, in addition to loopback and private addresses',
        { list: 'commas' },
      ),
    );
  addText(
    doctor,
    `
Example:
  stuntdouble doctor --to http://127.0.0.1:3000/callback

Exit codes: 0 if nothing failed, 1 otherwise.`,
  ).action(
    action<DoctorFlags>(async (flags, printer) => (await import('./doctor.ts')).doctor(flags, env, printer)),
  );
}

function addCompletion(program: Command, { action, command, addText }: Parts): void {
  const shell = new Argument('<shell>', 'shell that runs the script');
  shell.argChoices = ['bash', 'zsh', 'fish'];
  const completion = command(program, 'completion', 'Print the completion script of a shell').addArgument(
    shell,
  );
  addText(
    completion,
    `
Add one of these to the configuration of your shell:
  source <(stuntdouble completion bash)       in ~/.bashrc
  source <(stuntdouble completion zsh)        in ~/.zshrc, after compinit
  stuntdouble completion fish | source        in ~/.config/fish/config.fish`,
  ).action((shell: string, flags: { readonly json?: boolean }) =>
    action<object>(async (_rest, printer) => {
      const { completion: scriptFor } = await import('./completion.ts');
      printer.report(scriptFor(program, shell as Shell).trimEnd());
      return 0;
    })(flags),
  );
}
