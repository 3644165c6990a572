import { describe, expect, it } from 'vitest';
import { taskHtml } from './task-html.ts';
import { isoAt, StoryTeller } from './testing/tell-story.ts';

const VERSION = { version: '0.0.0' };

function retried(body = '{"state":"success"}') {
  const teller = new StoryTeller().request(0, { requestBody: '{"prompt":"<script>alert(1)</script>"}' });
  teller
    .start(2000, 1, 'd1', body)
    .end(2010, 1, { outcome: 'rejected', status: 500 }, 'd1', { nextAt: isoAt(32_000) });
  return teller.start(32_000, 2, 'd1', body).end(32_005, 2).settle(32_005, 'acknowledged').at(40_000);
}

describe('the saved page of a task', () => {
  it('says why, and shows each message', () => {
    const page = taskHtml([retried()], VERSION);
    expect(page).toContain('<title>Acknowledged: Task task-1</title>');
    expect(page).toContain('acknowledged at attempt 2: attempt 1 was rejected with HTTP 500.');
    expect(page).toContain('30 s until attempt 2');
    expect(page).toContain('The same bytes as d1 attempt 1.');
  });

  it('makes no requests, runs no scripts, and shows text as text', () => {
    const page = taskHtml([retried('{"url":"http://127.0.0.1/a.mp4","t":"a\u202Eb"}')], VERSION);
    expect(page).toContain("default-src 'none'");
    expect(page).not.toMatch(/<script|<img|\bsrc=|@import|url\(|href="(?!data:,")/);
    expect(page).toContain('&lt;script&gt;alert(1)');
    expect(page).not.toContain('\u202E');
    expect(page).toContain('<span class="json-hidden">\\u202e</span>');
  });

  it('lists several tasks with what became of each', () => {
    const page = taskHtml([retried(), new StoryTeller().at(500)], {
      ...VERSION,
      about: 'status:abandoned',
    });
    expect(page).toContain('<h1>2 tasks</h1>');
    expect(page).toContain('<p class="faint">status:abandoned</p>');
    expect(page.match(/<details class="task">/g)).toHaveLength(2);
    expect(page).toContain('<strong>Waiting.</strong>');
  });
});
