import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../packs/package-root.ts';
import { refuseOldNode } from './refuse-old-node.ts';

const { engines } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
  engines: { node: string };
};
const [, oldest = ''] = /^\^(\d+\.\d+)/.exec(engines.node) ?? [];

describe('the oldest supported version of Node', () => {
  it('is the minimum of "engines" in the library and in the command', () => {
    expect(oldest).not.toBe('');
    const command = readFileSync(join(PACKAGE_ROOT, 'cli/stuntdouble.ts'), 'utf8');
    expect(command).toContain(`const OLDEST = [${oldest.replace('.', ', ')}];`);
    expect(() => refuseOldNode(`${oldest}.0`)).not.toThrow();
  });

  it.each(['12.22.12', '18.20.8', '20.9.0', '20.18.3'])('is newer than %s, which is rejected', (version) => {
    expect(() => refuseOldNode(version)).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_UNSUPPORTED',
        message: `Stunt Double requires Node ${oldest} or newer, but this is v${version}`,
      }),
    );
  });

  it.each(['20.19.0', '20.20.2', '22.13.0', '24.0.0', '100.0.0'])(
    'is not newer than %s, which is accepted',
    (version) => {
      expect(() => refuseOldNode(version)).not.toThrow();
    },
  );
});
