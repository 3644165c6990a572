import { expect, it } from 'vitest';
import { openContractRun } from './contract-run.ts';
import { openTrial } from './receiver-trial.ts';

it('a first callback to the wrong path of an app names its URL and the option', async () => {
  const run = openContractRun('receiver contract', { total: 1, strict: false, write: () => undefined });
  const trial = openTrial({
    app: () => new Response('nothing here', { status: 404 }),
    path: '/wrong',
    url: undefined,
    options: { event: 'runway.generate' },
    run,
    limitMs: 60_000,
  });
  await expect(trial).rejects.toThrow(
    /http:\/\/127\.0\.0\.1:\d+\/wrong, was answered with HTTP 404[\s\S]*Let "path" point/,
  );
  await expect(trial).rejects.not.toThrow(/--[a-z]/);
  run.end();
});
