import { describe, expect, it } from 'vitest';
import { createKeyNames } from './key-names.ts';
import { createSecrets } from './secrets.ts';

describe('the names of keys', () => {
  it('are not case-sensitive', () => {
    const names = createKeyNames();
    names.add([
      { in: 'header', name: 'Acme-Pass' },
      { in: 'query', name: 'Pass.Word' },
    ]);
    expect(names.isHeader('acme-pass')).toBe(true);
    expect(names.isParameter('pass.word')).toBe(true);
    expect(names.mayBeIn('/clips?PASS.WORD=x')).toBe(true);
    expect(names.mayBeIn('/clips?passXword=x')).toBe(false);
    expect(names.mayBeIn('/clips?p%61ss.word=x')).toBe(true);
  });

  it('do not apply to the Authorization header, whose scheme is kept', () => {
    const names = createKeyNames();
    names.add([{ in: 'header', name: 'authorization' }]);
    expect(names.isHeader('authorization')).toBe(false);
  });

  it.each(['Authorization', 'acme-pass'])('keep the scheme in the header %s and mask the key', (name) => {
    const secrets = createSecrets();
    secrets.learnPlaces([{ in: 'header', name }]);
    const shown = secrets.maskHeaders({ [name.toLowerCase()]: 'Token fish' });
    expect(JSON.stringify(shown)).toMatch(/"Token \[[a-z ]+\]"/);
  });

  it.each([
    ['/clips?pass=fish&n=1', '/clips?pass=[redacted]&n=1'],
    ['/clips?n=1&p%61ss=fish;y#x', '/clips?n=1&p%61ss=[redacted]#x'],
    ['/clips?pass=', '/clips?pass='],
    ['/clips?bypass=fish', '/clips?bypass=fish'],
  ])('mask the parameter of %s', (url, masked) => {
    const secrets = createSecrets();
    secrets.learnPlaces([{ in: 'query', name: 'pass' }]);
    expect(secrets.maskUrl(url)).toBe(masked);
  });

  it('mask a known key in a URL inside a body, and no other value', () => {
    const secrets = createSecrets();
    secrets.learnPlaces([{ in: 'query', name: 'pass' }]);
    secrets.learn('fish');
    expect(secrets.maskBody('{"next":"http://mock/clips?pass=fish&n=2","u":"http://own/?pass=bird"}')).toBe(
      '{"next":"http://mock/clips?pass=[bearer key]&n=2","u":"http://own/?pass=bird"}',
    );
  });
});
