import { describe, expect, it } from 'vitest';
import { replayLine as clientReplay } from './client/replay-line.ts';
import { sampleCase, sampleReport } from './conformance/sample-report.ts';
import {
  hideInCommand,
  hideInUrl,
  isSecretVariable,
  keysInCommand,
  keysInUrl,
  withoutKeys,
} from './hide-keys.ts';

const KEY = 'sk-live-4f9a77c2e01b';

describe('a variable of a client', () => {
  it.each([
    ['API_KEY', 'test'],
    ['RUNWAYML_API_SECRET', 'x'],
    ['GITHUB_TOKEN', 'abc'],
    ['DB_PASSWORD', 'hunter2'],
    ['apiKey', 'abc'],
    ['ANYTHING', KEY],
    ['ANYTHING', `Bearer ${KEY}`],
    ['ANYTHING', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIzNDU2'],
  ])('%s=%s is recognized as a key', (name, value) => {
    expect(isSecretVariable(name, value)).toBe(true);
  });

  it.each([
    ['API_KEY', '{key}'],
    ['API_KEY', '$API_KEY'],
    ['API_KEY', '<your key>'],
    ['API_KEY', ''],
    ['API_BASE', '{url}/v1'],
    ['API_BASE', 'http://127.0.0.1:4010/api/v1'],
    ['MODEL', 'gen4_image_turbo'],
    ['FILE', './clients/good-client-2.js'],
    ['MONKEY', 'banana'],
    ['AUTHOR', 'somebody'],
    ['PATH', '/usr/local/bin:/usr/bin'],
  ])('%s=%s is not a key', (name, value) => {
    expect(isSecretVariable(name, value)).toBe(false);
  });
});

describe('a command', () => {
  it.each<[words: string[], shown: string[], keys: string[]]>([
    [['node', 'client.js'], ['node', 'client.js'], []],
    [['app', '--api-key', 'abc', '-v'], ['app', '--api-key', '[redacted]', '-v'], ['abc']],
    [['app', '--api-key=abc'], ['app', '--api-key=[redacted]'], ['abc']],
    [['env', 'API_KEY=abc', 'app'], ['env', 'API_KEY=[redacted]', 'app'], ['abc']],
    [['app', KEY], ['app', '[redacted]'], [KEY]],
    [
      ['curl', '-H', `Authorization: Bearer ${KEY}`],
      ['curl', '-H', 'Authorization: [redacted]'],
      [`Bearer ${KEY}`],
    ],
    [['curl', 'http://u:p@a/?api_key=x&b=1'], ['curl', 'http://[redacted]@a/?api_key=[redacted]&b=1'], []],
    [['app', '--token', '{key}'], ['app', '--token', '{key}'], []],
    [['app', '--key-file', 'a.pem'], ['app', '--key-file', 'a.pem'], []],
  ])('%j is printed as %j', (words, shown, keys) => {
    expect(hideInCommand(words)).toEqual(shown);
    expect(keysInCommand(words)).toEqual(keys);
  });
});

describe('the command that runs a case again', () => {
  it('reads keys from the shell and contains none', () => {
    const options = {
      command: ['node', 'client.js', '--token', KEY],
      env: { API_BASE: '{url}', API_KEY: KEY },
    };
    const line = clientReplay('CLI-POL-01', '1', options);
    expect(line).toBe(
      'stuntdouble verify client --only CLI-POL-01 --env API_BASE={url} --env "API_KEY=$API_KEY" -- node client.js --token \'[redacted]\'',
    );
  });
});

describe('a URL', () => {
  it('has its user, password, and keys removed', () => {
    expect(hideInUrl('https://u:p@a.test/cb?access_token=abc&n=1')).toBe(
      'https://[redacted]@a.test/cb?access_token=[redacted]&n=1',
    );
    expect(keysInUrl('https://a.test/cb?access_token=abc&n=1')).toEqual(['abc']);
    expect(hideInUrl('http://127.0.0.1:3000/cb?n=1')).toBe('http://127.0.0.1:3000/cb?n=1');
  });
});

describe('a report', () => {
  it('contains none of the keys of the run, even where a receiver repeats them', () => {
    const one = sampleCase('RCV-1', {
      remedy: `use ${KEY}`,
      timeline: [{ kind: 'note', atMs: 0, durationMs: 0, text: `answered ${KEY}`, isBad: false }],
      verdicts: { ack: { status: 'failed', expected: 'test', actual: KEY } },
    });
    const text = JSON.stringify(withoutKeys(sampleReport([one], { notes: [KEY] }), [KEY, 'test', '']));
    expect(text).not.toContain(KEY);
    // A dummy key is an ordinary word and must not rewrite the report.
    expect(text).toContain('"expected":"test"');
  });
});
