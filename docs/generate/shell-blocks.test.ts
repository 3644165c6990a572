import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { blocksIn, exceptionsAmong, linesNotPrinted, outputAfter } from './pages-with-blocks.ts';
import { openShellStage, type ShellStage } from './shell-stage.ts';

const all = blocksIn('sh', 'bash', 'shell');
const run = all.filter(({ notRun }) => notRun === null);

let stage: ShellStage;
beforeAll(async () => {
  stage = await openShellStage();
});
afterAll(() => stage.close());

describe('the shell blocks of the pages', () => {
  it('are found, and so are the outputs that the README shows', () => {
    expect(run.length).toBeGreaterThan(15);
    const withOutput = run.filter((block) => outputAfter(block) !== null);
    expect(withOutput.map(({ page, text }) => `${page}: ${text.split(' ').slice(1, 3).join(' ')}`)).toEqual([
      'README.md: stuntdouble demo',
      'README.md: stuntdouble trigger',
    ]);
  });

  it.concurrent.each(run.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s exits with 0 and prints the shown output',
    async (_place, block) => {
      const { exitCode, output } = await stage.run(block.text);
      expect([exitCode, exitCode === 0 ? '' : output]).toEqual([0, '']);
      expect(linesNotPrinted(stage.localized(outputAfter(block) ?? ''), output)).toEqual([]);
    },
    90_000,
  );

  it('are all run, with these exceptions', () => {
    expect(exceptionsAmong(all)).toEqual([
      'CONTRIBUTING.md: installs from the npm registry, and runs every test',
      'README.md: installs from the npm registry',
      'docs/how-to/docker.md: builds an image',
      'docs/how-to/docker.md: needs Docker',
      'docs/how-to/docker.md: needs Docker',
      'docs/how-to/mcp.md: installs from the npm registry',
      'docs/how-to/opentelemetry.md: needs an SDK and a collector',
      'docs/how-to/pytest.md: installs into the Python of the user',
      'docs/how-to/replicas.md: needs Redis',
      'docs/how-to/replicas.md: needs Docker',
      'docs/prism.md: contract-tests/conformance/prism-proxy.test.ts runs it',
      'docs/simulation.md: takes a minute',
    ]);
  });
});

describe('an output in a page', () => {
  it('may differ from the printed one in numbers and ids', () => {
    const printed = '  12 s  task 0abc1234 ended after 4 ms: {"code":200,"data":{"id":"x"}}';
    expect(linesNotPrinted('3 s  task a890150c ended after 94 ms: {"code":200,"data":{…}}', printed)).toEqual(
      [],
    );
  });

  it.each([
    '3 s  task a890150c was ended after 94 ms: {…}',
    '3 s  task a890150c ended after 94 ms',
    '3 s  task a890150c ended after 94 ms: ["code"…',
  ])('is reported when its words are not printed: %s', (line) => {
    const printed = '12 s  task 0abc1234 ended after 4 ms: {"code":200,"data":{"id":"x"}}';
    expect(linesNotPrinted(line, printed)).toEqual([line]);
  });
});
