import { describe, expect, it } from 'vitest';
import type { ReceiverOptions } from './receiver-options.ts';
import { replayLine } from './replay-line.ts';

const OPTIONS = { url: 'http://127.0.0.1:3000/', event: 'runway.generate' };

/** Every option that changes what is sent or how it is judged, and how the command spells it. */
const SPELLED: Readonly<Partial<Record<keyof ReceiverOptions, readonly [value: unknown, words: string]>>> = {
  packs: [['./acme'], '--pack ./acme'],
  profile: ['observed', '--profile observed'],
  seed: [7, '--seed 7'],
  ackTimeout: ['1s', '--ack-timeout 1s'],
  settle: ['2s', '--settle 2s'],
  fastAck: ['3s', '--fast-ack 3s'],
  downloadWithin: ['4s', '--download-within 4s'],
  pollWithin: ['5s', '--poll-within 5s'],
  secret: ['s3cr3t', '--secret "$SECRET"'],
  headers: [{ 'x-key': 'k' }, "--header 'x-key: …'"],
  probe: ['http://127.0.0.1/p', '--probe http://127.0.0.1/p'],
  submit: ['http://127.0.0.1/s', '--submit http://127.0.0.1/s'],
  apiPort: [4010, '--api-port 4010'],
  mediaHost: ['media.test', '--media-host media.test'],
  restartCommand: ['restart', '--restart-cmd restart'],
  tls: ['certs', '--tls certs'],
  realGaps: [true, '--real-gaps'],
};

describe('the command that repeats a case', () => {
  it('contains the URL, the event and the case', () => {
    expect(replayLine('RCV-ACK-01', '7', OPTIONS)).toBe(
      'stuntdouble verify receiver http://127.0.0.1:3000/ --event runway.generate --only RCV-ACK-01',
    );
  });

  it.each(Object.entries(SPELLED))('repeats %s', (name, [value, words]) => {
    expect(replayLine('RCV-ACK-01', '7', { ...OPTIONS, [name]: value })).toContain(` ${words}`);
  });

  it('hides keys', () => {
    const line = replayLine('RCV-ACK-01', '7', {
      url: 'http://ann:pw1234@127.0.0.1:3000/',
      event: OPTIONS.event,
      secret: 's3cr3t',
      headers: { 'x-key': 'k1k1k1' },
      probe: 'check --token t0k3nt0k3n {taskId}',
    });
    expect(line).not.toMatch(/pw1234|s3cr3t|k1k1k1|t0k3nt0k3n/);
  });
});
