import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { skipInterimAnswers, UnaskedUpgradeError } from './interim-answers.ts';

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const HINTS = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n';
const FINAL = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** A socket that returns these chunks, one per read. */
function open(...chunks: readonly string[]) {
  const left = chunks.map((chunk) => Buffer.from(chunk));
  const errors: unknown[] = [];
  const socket = {
    read: (_size?: number): Buffer | null => left.shift() ?? null,
    destroy: (error: unknown) => errors.push(error),
  };
  const interim = skipInterimAnswers(socket as unknown as Socket);
  const readAll = (): string => {
    let text = '';
    for (let read = 0; read < chunks.length + 1; read++) text += socket.read()?.toString() ?? '';
    return text;
  };
  return { interim, readAll, errors };
}

describe('a connection', () => {
  it.each([
    ['in one chunk', [CONTINUE + HINTS + FINAL]],
    ['in separate chunks', [CONTINUE, HINTS, FINAL]],
    ['byte by byte', [...(CONTINUE + HINTS + FINAL)]],
    ['with the final response split', [CONTINUE + FINAL.slice(0, 5), FINAL.slice(5)]],
  ])('hides interim responses before the final one, %s', (_, chunks) => {
    const { interim, readAll, errors } = open(...chunks);
    interim.expect();
    expect([readAll(), errors]).toEqual([FINAL, []]);
  });

  it('leaves everything after the final response unchanged', () => {
    const { interim, readAll } = open(FINAL, CONTINUE);
    interim.expect();
    expect(readAll()).toBe(FINAL + CONTINUE);
  });

  it('hides interim responses before each response that is expected', () => {
    const { interim, readAll } = open(CONTINUE + FINAL, CONTINUE + FINAL);
    interim.expect();
    expect(readAll()).toBe(FINAL + CONTINUE + FINAL);
    const again = open(CONTINUE + FINAL);
    again.interim.expect();
    again.interim.expect();
    expect(again.readAll()).toBe(FINAL);
  });

  it('is closed when the receiver switches protocols', () => {
    const { interim, readAll, errors } = open('HTTP/1.1 101 Switching Protocols\r\n\r\nbytes');
    interim.expect();
    expect(readAll()).toBe('');
    expect(errors).toEqual([expect.any(UnaskedUpgradeError)]);
  });

  it('leaves an interim response without an end to the HTTP client when it is too long', () => {
    const endless = `HTTP/1.1 103 Early Hints\r\n${'x'.repeat(20_000)}`;
    const { interim, readAll } = open(endless);
    interim.expect();
    expect(readAll()).toBe(endless);
  });
});
