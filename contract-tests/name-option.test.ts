import { describe, expect, it } from 'vitest';
import { asFlag, asOption } from './name-option.ts';

describe('the name of an option', () => {
  it.each([
    ['ackTimeout', '--ack-timeout', '"ackTimeout"'],
    ['packs', '--pack', '"packs"'],
    ['headers', '--header', '"headers"'],
    ['restart', '--restart-cmd', '"restart"'],
  ] as const)('of %s is %s on the command line and %s in a program', (option, flag, name) => {
    expect(asFlag(option)).toBe(flag);
    expect(asOption(option)).toBe(name);
  });

  it('has an example value on the command line only', () => {
    expect(asFlag('secret', 'KEY')).toBe('--secret KEY');
    expect(asOption('secret', 'KEY')).toBe('"secret"');
  });
});
