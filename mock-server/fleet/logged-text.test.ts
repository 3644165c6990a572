import { expect, it } from 'vitest';
import { readLoggedText } from './logged-text.ts';

it('reads the header of a logged command, and keeps the spaces of the command', () => {
  const command = { type: 'amend', taskId: 'a b  c', outcome: 'success' };
  expect(readLoggedText('7-0', `5 1700000000000 3 replica-1 ${JSON.stringify(command)}`)).toEqual({
    seq: 7,
    previous: 5,
    wallAt: 1_700_000_000_000,
    n: 3,
    by: 'replica-1',
    command,
  });
});
