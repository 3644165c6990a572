import { describe, expect, it } from 'vitest';
import { loadPacks } from '../../mock-server/index.ts';
import { collectSamples } from './sample-bodies.ts';

const EVENTS = loadPacks().flatMap((pack) => [...pack.events.values()].map((event) => ({ pack, event })));

describe('the sample bodies', () => {
  it.each(EVENTS)(
    'of $event.name contain the task, and each failure of the pack',
    async ({ pack, event }) => {
      const { bodies, failures, listProfile } = await collectSamples(pack, event, null);
      expect(JSON.stringify(bodies.success)).toContain(bodies.taskId);
      expect(failures).toEqual([...pack.failures.keys()]);
      const [first] = pack.failures.values();
      expect(bodies.failure?.code).toBe(String(first?.code));
      expect([null, ...pack.profiles]).toContain(listProfile);
    },
  );

  it('name the profile that lists several media', async () => {
    const found = await Promise.all(EVENTS.map(({ pack, event }) => collectSamples(pack, event, null)));
    expect(found.filter(({ listProfile }) => listProfile !== null)).not.toEqual([]);
  });
});
