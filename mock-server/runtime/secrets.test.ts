import { describe, expect, it } from 'vitest';
import { createSecrets, KEY_MARK, REDACTED, SECRET_MARK } from './secrets.ts';

const KEY = 'sk-7f3a9c51e2';

function knowing(...keys: string[]) {
  const secrets = createSecrets();
  for (const key of keys) secrets.learn(key);
  return secrets;
}

describe('a key that cannot be mistaken', () => {
  it.each([
    'sk-7f3a9c51e2',
    'r8_aBcDeF12345',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    'abcdefghijklmnopqrstuvwx',
  ])('%s is masked wherever it occurs', (key) => {
    const secrets = knowing(key);
    expect(secrets.maskText(`before${key}after`)).toBe(`before${KEY_MARK}after`);
    expect(secrets.maskUrl(`/a/${key}?b=${key}#${key}`)).toBe(`/a/${KEY_MARK}?b=${KEY_MARK}#${KEY_MARK}`);
    expect(secrets.maskBody(`{"prompt":"a ${key}"}`)).toBe(`{"prompt":"a ${KEY_MARK}"}`);
    expect(secrets.maskHeaders({ 'user-agent': `app/${key}`, accept: '*/*' })).toEqual({
      'user-agent': `app/${KEY_MARK}`,
      accept: '*/*',
    });
    expect(secrets.maskValue({ a: [{ b: key }], n: 1 })).toEqual({ a: [{ b: KEY_MARK }], n: 1 });
  });

  it('is masked as it is written in a query and in JSON', () => {
    const odd = 'key/with+"quotes"&signs';
    const secrets = knowing(odd);
    expect(secrets.maskText(`?x=${encodeURIComponent(odd)}`)).toBe(`?x=${KEY_MARK}`);
    expect(secrets.maskBody(JSON.stringify({ x: odd }))).toBe(JSON.stringify({ x: KEY_MARK }));
  });

  it('may be that of another who called, or a secret that was configured', () => {
    const secrets = createSecrets([{ key: 'whsec_0123456789abc', mark: SECRET_MARK }]);
    secrets.learn('another-key-12');
    expect(secrets.maskText('whsec_0123456789abc another-key-12')).toBe(`${SECRET_MARK} ${KEY_MARK}`);
  });

  it('is remembered while it was configured, and forgotten when thousands have come after it', () => {
    const secrets = createSecrets([{ key: KEY, mark: KEY_MARK }]);
    secrets.learn('another-key-12');
    for (let n = 0; n < 3000; n++) secrets.learn(`made-up-${n}-${n}`);
    expect(secrets.maskText(KEY)).toBe(KEY_MARK);
    expect(secrets.maskText('another-key-12')).toBe('another-key-12');
    expect(secrets.maskText('made-up-2999-2999')).toBe(KEY_MARK);
  });
});

describe('a key that is a word', () => {
  const WORDS = [
    'test',
    'runway',
    'prompt',
    'any',
    'x',
    'aaaaaaaaaaaaaaaaaaaaaaaa',
    'cinematography',
    'demo-key',
  ];

  it.each(WORDS)('%s rewrites nothing', (word) => {
    const secrets = knowing(word);
    const text = `{"prompt":"a ${word}","${word}":"${word}","list":["${word}"]}`;
    expect(secrets.maskBody(text)).toBe(text);
    const url = `/${word}/x?taskId=${word}&${word}=${word}`;
    expect(secrets.maskUrl(url)).toBe(url);
    expect(secrets.maskHeaders({ 'user-agent': word })).toEqual({ 'user-agent': word });
  });

  it.each([...WORDS, KEY])('%s is masked in places for keys', (key) => {
    const secrets = knowing(key);
    for (const name of ['apiKey', 'api_key', 'api-key', 'key', 'token', 'access_token', 'auth']) {
      expect(secrets.maskUrl(`/x?a=1&${name}=${key}&b=2`)).toBe(`/x?a=1&${name}=${KEY_MARK}&b=2`);
    }
    for (const name of ['apiKey', 'api_key', 'x-api-key', 'token', 'auth', 'Authorization']) {
      expect(secrets.maskBody(`{"a":{"${name}" : "${key}"},"b":1}`)).toBe(
        `{"a":{"${name}" : "${KEY_MARK}"},"b":1}`,
      );
      expect(secrets.maskBody(`{"${name}":"Bearer ${key}"}`)).toBe(`{"${name}":"Bearer ${KEY_MARK}"}`);
    }
    expect(secrets.maskHeaders({ 'x-api-key': key })).toEqual({ 'x-api-key': KEY_MARK });
  });
});

describe('what nobody called with', () => {
  it('is redacted in places for keys, as something that is not known to be a key', () => {
    const secrets = createSecrets();
    expect(secrets.maskUrl('/x?apiKey=abc&token=7f3a9c51e2bd')).toBe(
      `/x?apiKey=${REDACTED}&token=${REDACTED}`,
    );
    expect(secrets.maskBody('{"api_key":"abc","auth":"7f3a9c51e2bd"}')).toBe(
      `{"api_key":"${REDACTED}","auth":"${REDACTED}"}`,
    );
    expect(secrets.maskHeaders({ 'x-api-key': 'abc' })).toEqual({ 'x-api-key': REDACTED });
  });

  it('is left where other things have such names', () => {
    const secrets = createSecrets();
    const url = '/x?key=page-2&token=next&q=1';
    expect(secrets.maskUrl(url)).toBe(url);
    const body = '{"token":"next page","auth":"none","secret":"","token":null,"auth":{"a":1}}';
    expect(secrets.maskBody(body)).toBe(body);
  });

  it('is known from then on when a header for keys had it, and becomes a key when somebody calls with it', () => {
    const secrets = createSecrets();
    secrets.maskHeaders({ 'x-api-key': KEY });
    expect(secrets.maskBody(`{"prompt":"${KEY}"}`)).toBe(`{"prompt":"${REDACTED}"}`);
    secrets.learn(KEY);
    expect(secrets.maskBody(`{"prompt":"${KEY}"}`)).toBe(`{"prompt":"${KEY_MARK}"}`);
  });
});

describe('an Authorization header', () => {
  it.each([
    ['Bearer abc', `Bearer ${KEY_MARK}`],
    ['token abc', `token ${KEY_MARK}`],
    ['Basic dXNlcjpwYXNz', `Basic ${KEY_MARK}`],
    ['abc', KEY_MARK],
  ])('%s keeps its scheme alone', (authorization, shown) => {
    expect(createSecrets().maskHeaders({ authorization })).toEqual({ authorization: shown });
  });
});

describe('text that is not JSON', () => {
  it.each([
    ['{"apiKey":"abc', `{"apiKey":"${REDACTED}"`],
    ['{"apiKey":"abc\\', `{"apiKey":"${REDACTED}"`],
    ['{"apiKey":"a\\"b","x":1', `{"apiKey":"${REDACTED}","x":1`],
    ['"apiKey":"\\q"', `"apiKey":"${REDACTED}"`],
    ['"apiKey" 1', '"apiKey" 1'],
  ])('%s is masked as far as it goes', (text, masked) => {
    expect(createSecrets().maskBody(text)).toBe(masked);
  });

  it('is given back as it is when it holds nothing, and so are values', () => {
    const secrets = knowing(KEY);
    const value = { a: 1 };
    const headers = { accept: '*/*' };
    expect(secrets.maskValue(value)).toBe(value);
    expect(secrets.maskHeaders(headers)).toBe(headers);
    expect(secrets.maskValue(undefined)).toBeUndefined();
  });
});

describe('answers that come again and again', () => {
  it('are looked at anew when a key has become known', () => {
    const secrets = createSecrets();
    const answer = `{"input":"${KEY}"}`;
    expect(secrets.maskAnswer(answer)).toBe(answer);
    secrets.learn(KEY);
    expect(secrets.maskAnswer(answer)).toBe(`{"input":"${KEY_MARK}"}`);
  });
});

describe('a URL in a body', () => {
  it('has its parameters for keys masked when they are known, and no others', () => {
    const secrets = knowing('test');
    expect(secrets.maskBody('{"url":"http://a/?key=test&x=test","b":"?token=7f3a9c51e2bd"}')).toBe(
      `{"url":"http://a/?key=${KEY_MARK}&x=test","b":"?token=7f3a9c51e2bd"}`,
    );
  });

  it('stays whole in what a task goes by', () => {
    const request = { url: 'http://a/?key=test' };
    expect(knowing('test').maskValue(request)).toBe(request);
  });
});

describe('what a value is', () => {
  it.each([
    ['proxy-authorization', 'Basic dXNlcjpwYXNz', REDACTED],
    ['cookie', 'session=abc; theme=dark', `session=${REDACTED}; theme=${REDACTED}`],
    ['set-cookie', 'sid=abc; Path=/; HttpOnly', `sid=${REDACTED}; Path=/; HttpOnly`],
    ['x-csrf-token', 'abc', REDACTED],
    ['referer', 'http://u:p@a.test/?api_key=abc', `http://${REDACTED}@a.test/?api_key=${REDACTED}`],
  ])('masks the header %s', (name, value, shown) => {
    expect(createSecrets().maskHeaders({ [name]: value })).toEqual({ [name]: shown });
  });

  it.each(['http://u:p@a.test/x', 'https://user@a.test/', 'redis://:p@ss@a.test'])(
    'masks who calls in the URL %s',
    (url) => {
      const host = url.slice(url.lastIndexOf('@'));
      const shown = `${url.slice(0, url.indexOf('//') + 2)}${REDACTED}`;
      expect(createSecrets().maskUrl(url).startsWith(shown)).toBe(true);
      expect(createSecrets().maskUrl(url).endsWith(host)).toBe(true);
      expect(createSecrets().maskBody(`{"callBackUrl":"${url}"}`)).toContain(shown);
    },
  );

  it('leaves addresses of people and parts of prompts alone', () => {
    const body = '{"prompt":"mail a@b.test, see http://a.test/@me and 5@7 //c@d"}';
    expect(createSecrets().maskBody(body)).toBe(body);
  });
});

describe('a key that is a word of a vendor', () => {
  it.each(['gen4_image_turbo', 'image_url_list', 'application/json', 'record-detail-info'])(
    '%s rewrites nothing, and is masked in places for keys',
    (word) => {
      const secrets = createSecrets([], (text) => text === 'gen4_image_turbo');
      secrets.learn(word);
      expect(secrets.maskBody(`{"model":"${word}"}`)).toBe(`{"model":"${word}"}`);
      expect(secrets.maskHeaders({ accept: word, 'x-api-key': word })).toEqual({
        accept: word,
        'x-api-key': KEY_MARK,
      });
    },
  );
});
