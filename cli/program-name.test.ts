import { delimiter } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asRunHere, programName } from './program-name.ts';

const BIN = '/home/me/app/node_modules/.bin/stuntdouble';

function named(script: string, env: Record<string, string> = {}): string {
  return programName({ argv: ['/usr/bin/node', script, 'verify', 'receiver'], env, cwd: '/home/me/app' });
}

describe('programName', () => {
  it.each([
    ['npx', BIN, { npm_lifecycle_event: 'npx', npm_lifecycle_script: "'stuntdouble'" }, 'npx stuntdouble'],
    [
      'npx without an installation',
      '/home/me/.npm/_npx/1/node_modules/.bin/stuntdouble',
      {},
      'npx stuntdouble',
    ],
    ['pnpm', BIN, { npm_config_user_agent: 'pnpm/10.1.0 npm/? node/v22' }, 'pnpm exec stuntdouble'],
    ['yarn', BIN, { npm_config_user_agent: 'yarn/4.5.0 npm/? node/v22' }, 'yarn stuntdouble'],
    [
      'a script that contains the arguments',
      BIN,
      { npm_lifecycle_event: 'contract', npm_lifecycle_script: 'stuntdouble verify receiver http://x' },
      'npx stuntdouble',
    ],
    [
      'npm start with arguments',
      '/home/me/app/dist/cli/main.js',
      { npm_lifecycle_event: 'start', npm_lifecycle_script: 'node dist/cli/main.js' },
      'npm start --',
    ],
    [
      'npm run with arguments',
      BIN,
      { npm_lifecycle_event: 'judge', npm_lifecycle_script: 'stuntdouble' },
      'npm run judge --',
    ],
    [
      'a command started by the tests of a project',
      '/home/me/app/dist/cli/main.js',
      { npm_lifecycle_event: 'test', npm_lifecycle_script: 'vitest run' },
      'node dist/cli/main.js',
    ],
    ['a clone', '/home/me/app/dist/cli/main.js', {}, 'node dist/cli/main.js'],
    ['a clone elsewhere', '/opt/my tools/main.js', {}, "node '/opt/my tools/main.js'"],
    [
      'a global installation',
      '/usr/local/bin/stuntdouble',
      { PATH: ['/usr/bin', '/usr/local/bin'].join(delimiter) },
      'stuntdouble',
    ],
  ])('returns the command to run again after %s', (_how, script, env, expected) => {
    expect(named(script, env as unknown as Record<string, string>)).toBe(expected);
  });

  it('keeps --strict and changes only the beginning of the line', () => {
    const line = 'stuntdouble verify client --only CLI-POL-01 -- stuntdouble verify client';
    expect(asRunHere(line, 'npx stuntdouble', true)).toBe(
      'npx stuntdouble verify client --strict --only CLI-POL-01 -- stuntdouble verify client',
    );
    expect(asRunHere('GET /__admin/verdicts', 'npx stuntdouble', true)).toBe('GET /__admin/verdicts');
  });
});
