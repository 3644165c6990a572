import { describe, expect, it } from 'vitest';
import { classifyFailure } from './classify-failure.ts';
import { BlockedError } from './egress-guard.ts';

function coded(code: string): Error {
  return Object.assign(new Error('it went wrong'), { code });
}

describe('classifyFailure', () => {
  it.each([
    ['ECONNREFUSED', 'refused'],
    ['EHOSTUNREACH', 'refused'],
    ['ENETDOWN', 'refused'],
    ['EPERM', 'refused'],
    ['EAFNOSUPPORT', 'refused'],
    ['ENOTFOUND', 'dns'],
    ['EAI_AGAIN', 'dns'],
    ['EAI_FAIL', 'dns'],
    ['ETIMEDOUT', 'timeout'],
    ['EPROTO', 'tls'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
    ['CERT_HAS_EXPIRED', 'tls'],
    ['UNABLE_TO_GET_ISSUER_CERT', 'tls'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
    ['INVALID_CA', 'tls'],
    ['ECONNRESET', 'reset'],
    ['EPIPE', 'reset'],
    ['UND_ERR_SOCKET', 'reset'],
    ['HPE_INVALID_CONSTANT', 'reset'],
  ])('classifies %s as %s', (code, outcome) => {
    expect(classifyFailure(coded(code))).toEqual({ outcome, detail: `${code}: it went wrong` });
  });

  it.each([
    ['ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'],
    ['ENOTFOUND', 'getaddrinfo ENOTFOUND receiver.invalid'],
    ['ECONNRESET', 'read ECONNRESET'],
    ['EPROTO', 'write EPROTO 0A000152:SSL routines'],
  ])('names %s once when the message of the system already contains it', (code, message) => {
    expect(classifyFailure(Object.assign(new Error(message), { code })).detail).toBe(message);
  });

  it('looks at the cause of a wrapping error', () => {
    const inner = coded('ECONNREFUSED');
    expect(classifyFailure(new Error('fetch failed', { cause: inner })).outcome).toBe('refused');
    expect(classifyFailure(new AggregateError([inner, coded('ETIMEDOUT')])).outcome).toBe('refused');
  });

  it('names the egress rule that blocked the request', () => {
    const blocked = new BlockedError({ type: 'blocked', rule: 'metadata', reason: 'Never.' });
    expect(classifyFailure(blocked)).toEqual({ outcome: 'blocked', detail: 'metadata: Never.' });
  });

  it.each([[undefined], [null], ['text'], [{}], [new Error('plain')]])(
    'falls back to a reset for %o',
    (error) => {
      expect(classifyFailure(error).outcome).toBe('reset');
    },
  );
});
