import { basename, delimiter, dirname, relative, sep } from 'node:path';
import { quote } from '../contract-tests/command-line.ts';

export interface Invocation {
  /** As in `process.argv`: Node, followed by the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

/** Returns the shell command that runs this program, for command lines that users can copy. */
export function programName({ argv, env, cwd }: Invocation): string {
  const script = argv[1] ?? 'stuntdouble';
  const name = basename(script);
  const npmScript = (env.npm_lifecycle_script ?? '').trim().replace(/["']$/, '');
  const event = env.npm_lifecycle_event ?? '';
  // "npm start -- verify …": the script of package.json runs the program, and the user passed all arguments.
  if (event !== '' && event !== 'npx' && npmScript.endsWith(name)) {
    return event === 'start' ? 'npm start --' : `npm run ${quote(event)} --`;
  }
  const runner = env.npm_config_user_agent?.split('/')[0] ?? 'npm';
  if (script.split(sep).includes('node_modules')) return RUNNERS[runner] ?? 'npx stuntdouble';
  const path = (env.PATH ?? env.Path ?? '').split(delimiter);
  if (/^stuntdouble(\.\w+)?$/.test(name) && path.includes(dirname(script))) return 'stuntdouble';
  const short = relative(cwd, script);
  return `node ${quote(short.startsWith('..') ? script : short)}`;
}

/** The command of each package manager that runs a program of the project. */
const RUNNERS: Readonly<Record<string, string | undefined>> = {
  npm: 'npx stuntdouble',
  pnpm: 'pnpm exec stuntdouble',
  yarn: 'yarn stuntdouble',
  bun: 'bunx stuntdouble',
};

/** Returns a command line that runs a case, with the command by which this user runs the program. */
export function asRunHere(replay: string, program: string, strict: boolean): string {
  return replay.replace(
    /^stuntdouble (verify receiver|verify client|run)/,
    (_all, command: string) => `${program} ${command}${strict ? ' --strict' : ''}`,
  );
}
