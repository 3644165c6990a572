import { afterEach, describe, expect, it } from 'vitest';
import { createMockServer, type JournalEntry, type MockServer } from '../mock-server/index.ts';
import { describeEntry } from './describe-entry.ts';
import { createPrinter } from './print.ts';

let mock: MockServer | undefined;
afterEach(async () => {
  await mock?.close();
  mock = undefined;
});

const PLAIN = createPrinter({
  json: false,
  out: process.stdout,
  err: process.stderr,
  env: { NO_COLOR: '1' },
});

/** Returns the line that is printed for a call. */
async function lineFor(
  method: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<string | null> {
  const server = await createMockServer({ clock: 'virtual' }).listen();
  mock = server;
  const answered = new Promise<JournalEntry>((resolve) => server.journal.subscribe(resolve));
  await fetch(server.url + path, { method, headers });
  return describeEntry(await answered, PLAIN);
}

describe('describeEntry', () => {
  it('suggests an operation for an unknown call', async () => {
    expect(await lineFor('GET', '/api/v1/runway/record-info?taskId=x')).toBe(
      'request   GET /api/v1/runway/record-info?taskId=x → HTTP 200: unknown operation; did you mean GET /api/v1/runway/record-detail?',
    );
  });

  it('does not suggest an operation for a call that resembles none', async () => {
    expect(await lineFor('GET', '/nothing')).toBe('request   GET /nothing → HTTP 404: unknown operation');
  });

  it('identifies the CORS preflight of a browser', async () => {
    const preflight = { origin: 'http://a', 'access-control-request-method': 'GET' };
    expect(await lineFor('OPTIONS', '/v1/tasks/x', preflight)).toBe(
      'request   OPTIONS /v1/tasks/x → HTTP 403: the browser does not let pages of http://a call the API, because vendors send no CORS headers; to allow it here, start with --cors http://a',
    );
  });

  it.each([
    [1, 'abandoned aaaaaaaa after 1 attempt'],
    [4, 'abandoned aaaaaaaa after 4 attempts'],
  ])('prints the number of attempts of an abandoned delivery: %i', (attempts, line) => {
    const entry = { type: 'delivery.settled', taskId: 'aaaaaaaa-1', status: 'abandoned', attempts };
    expect(describeEntry(entry as unknown as JournalEntry, PLAIN)).toBe(line);
  });

  it('redacts API keys', async () => {
    const key = 'sk-7f3a9c51e2';
    const line = await lineFor('POST', `/api/v1/runway/nothing?q=${key}`, { authorization: `Bearer ${key}` });
    expect(line).toContain('[bearer key]');
    expect(line).not.toContain(key);
  });
});
