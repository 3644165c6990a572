import { describe, expect, it } from 'vitest';
import { taskMarkdown } from './task-markdown.ts';
import { StoryTeller } from './testing/tell-story.ts';

describe('a task as Markdown', () => {
  it('says why, and what happened when', () => {
    const teller = new StoryTeller().request(0).start(2000, 1);
    teller.end(2000, 1, { outcome: 'rejected', status: 500 }).settle(2000, 'abandoned');
    expect(taskMarkdown(teller.at(3000))).toBe(`### Abandoned: task \`task-1\`

The callback was abandoned after 1 attempt: attempt 1 was rejected with HTTP 500.

- Pack: \`demo, generate\`
- Scenario: \`success\`
- Submitted: \`2026-01-01T00:00:00.000Z\`

| Time | Message | Result |
| ---: | --- | --- |
| +0.00 s | client: POST …/v1/generate | 200, 0 ms |
| +2.00 s | receiver: d1 attempt 1 | rejected, 500, 5 ms |
`);
  });

  it('shows text as text', () => {
    const teller = new StoryTeller({ callbacks: [] }).request(0, { url: '/a|<b>`x`\n# not a heading' });
    expect(taskMarkdown(teller.at(3000))).toContain('POST /a\\|\\<b\\>\\`x\\` \\# not a heading');
  });
});
