import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksIn, exceptionsAmong } from './pages-with-blocks.ts';
import { openShellStage, type ShellStage } from './shell-stage.ts';

const all = blocksIn('sh', 'bash', 'shell');
const run = all.filter(({ notRun }) => notRun === null);

let stage: ShellStage;
beforeAll(async () => {
  stage = await openShellStage();
});
afterAll(() => stage.close());

describe('the shell blocks of the pages', () => {
  it('are found', () => {
    expect(run.length).toBeGreaterThan(15);
  });

  it.concurrent.each(run.map((block) => [`${block.page}:${block.line}`, block.text] as const))(
    '%s runs',
    async (_place, text) => {
      const { exitCode, output } = await stage.run(text);
      expect([exitCode, exitCode === 0 ? '' : output]).toEqual([0, '']);
    },
    90_000,
  );

  it('are all run, except for these', () => {
    expect(exceptionsAmong(all)).toEqual([
      'CONTRIBUTING.md: installs from the npm registry, and runs every test',
      'README.md: installs from the npm registry, and runs until it is stopped',
      'README.md: runs this test',
      'docs/prism.md: contract-tests/prism-proxy.test.ts runs it',
    ]);
  });
});
