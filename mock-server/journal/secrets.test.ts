import { describe, expect, it } from 'vitest';
import { KEY_MARK, REDACTED, SECRET_MARK } from './marks.ts';
import { createSecrets, teachingAlso } from './secrets.ts';

const KEY = 'sk-7f3a9c51e2';

function knowing(...keys: string[]) {
  const secrets = createSecrets();
  for (const key of keys) secrets.learn(key);
  return secrets;
}

describe('an unmistakable key', () => {
  it.each([
    'sk-7f3a9c51e2',
    'r8_aBcDeF12345',
    '3fa85f64-5717-4562-b3fc-2c963f66afa6',
    'abcdefghijklmnopqrstuvwx',
  ])('%s is masked everywhere', (key) => {
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

  it('is masked in its URL-encoded and JSON-escaped forms', () => {
    const odd = 'key/with+"quotes"&signs';
    const secrets = knowing(odd);
    expect(secrets.maskText(`?x=${encodeURIComponent(odd)}`)).toBe(`?x=${KEY_MARK}`);
    expect(secrets.maskBody(JSON.stringify({ x: odd }))).toBe(JSON.stringify({ x: KEY_MARK }));
  });

  it('may be the key of an earlier request, or a configured secret', () => {
    const secrets = createSecrets([{ key: 'whsec_0123456789abc', mark: SECRET_MARK }]);
    secrets.learn('another-key-12');
    expect(secrets.maskText('whsec_0123456789abc another-key-12')).toBe(`${SECRET_MARK} ${KEY_MARK}`);
  });

  it('is remembered when it is configured, and forgotten after thousands of other keys otherwise', () => {
    const secrets = createSecrets([{ key: KEY, mark: KEY_MARK }]);
    secrets.learn('another-key-12');
    for (let n = 0; n < 3000; n++) secrets.learn(`made-up-${n}-${n}`);
    expect(secrets.maskText(KEY)).toBe(KEY_MARK);
    expect(secrets.maskText('another-key-12')).toBe('another-key-12');
    expect(secrets.maskText('made-up-2999-2999')).toBe(KEY_MARK);
  });
});

describe('a key that is an ordinary word', () => {
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

  it.each(WORDS)('%s does not change other text', (word) => {
    const secrets = knowing(word);
    const text = `{"prompt":"a ${word}","${word}":"${word}","list":["${word}"]}`;
    expect(secrets.maskBody(text)).toBe(text);
    const url = `/${word}/x?taskId=${word}&${word}=${word}`;
    expect(secrets.maskUrl(url)).toBe(url);
    expect(secrets.maskHeaders({ 'user-agent': word })).toEqual({ 'user-agent': word });
  });

  it.each([...WORDS, KEY])('%s is masked in key fields', (key) => {
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

describe('a value that no request was authorized with', () => {
  it('is redacted in key fields', () => {
    const secrets = createSecrets();
    expect(secrets.maskUrl('/x?apiKey=abc&token=7f3a9c51e2bd')).toBe(
      `/x?apiKey=${REDACTED}&token=${REDACTED}`,
    );
    expect(secrets.maskBody('{"api_key":"abc","auth":"7f3a9c51e2bd"}')).toBe(
      `{"api_key":"${REDACTED}","auth":"${REDACTED}"}`,
    );
    expect(secrets.maskHeaders({ 'x-api-key': 'abc' })).toEqual({ 'x-api-key': REDACTED });
  });

  it('is kept where other values have such names', () => {
    const secrets = createSecrets();
    const url = '/x?key=page-2&token=next&q=1';
    expect(secrets.maskUrl(url)).toBe(url);
    const body = '{"token":"next page","auth":"none","secret":"","token":null,"auth":{"a":1}}';
    expect(secrets.maskBody(body)).toBe(body);
  });

  it('is redacted everywhere after a key header had it, and marked as a key after a request used it', () => {
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
  ])('%s keeps only its scheme', (authorization, shown) => {
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
  ])('%s is masked where key fields are recognizable', (text, masked) => {
    expect(createSecrets().maskBody(text)).toBe(masked);
  });

  it('is returned unchanged when it contains no secrets, like values and headers', () => {
    const secrets = knowing(KEY);
    const value = { a: 1 };
    const headers = { accept: '*/*' };
    expect(secrets.maskValue(value)).toBe(value);
    expect(secrets.maskHeaders(headers)).toBe(headers);
    expect(secrets.maskValue(undefined)).toBeUndefined();
  });
});

describe('repeated responses', () => {
  it('are masked again after a new key was learned', () => {
    const secrets = createSecrets();
    const answer = `{"input":"${KEY}"}`;
    expect(secrets.maskAnswer(answer)).toBe(answer);
    secrets.learn(KEY);
    expect(secrets.maskAnswer(answer)).toBe(`{"input":"${KEY_MARK}"}`);
  });
});

describe('a URL in a body', () => {
  it('has only known keys masked in its key parameters', () => {
    const secrets = knowing('test');
    expect(secrets.maskBody('{"url":"http://a/?key=test&x=test","b":"?token=7f3a9c51e2bd"}')).toBe(
      `{"url":"http://a/?key=${KEY_MARK}&x=test","b":"?token=7f3a9c51e2bd"}`,
    );
  });

  it('is unchanged in the request of a task', () => {
    const request = { url: 'http://a/?key=test' };
    expect(knowing('test').maskValue(request)).toBe(request);
  });
});

describe('secrets in headers and URLs', () => {
  it.each([
    ['proxy-authorization', 'Basic dXNlcjpwYXNz', REDACTED],
    ['cookie', 'session=abc; theme=dark', `session=${REDACTED}; theme=${REDACTED}`],
    ['set-cookie', 'sid=abc; Path=/; HttpOnly', `sid=${REDACTED}; Path=/; HttpOnly`],
    ['x-csrf-token', 'abc', REDACTED],
    ['referer', 'http://u:p@a.test/?api_key=abc', `http://${REDACTED}@a.test/?api_key=${REDACTED}`],
  ])('are masked in the header %s', (name, value, shown) => {
    expect(createSecrets().maskHeaders({ [name]: value })).toEqual({ [name]: shown });
  });

  it.each(['http://u:p@a.test/x', 'https://user@a.test/', 'redis://:p@ss@a.test'])(
    'are masked in the userinfo of the URL %s',
    (url) => {
      const host = url.slice(url.lastIndexOf('@'));
      const shown = `${url.slice(0, url.indexOf('//') + 2)}${REDACTED}`;
      expect(createSecrets().maskUrl(url).startsWith(shown)).toBe(true);
      expect(createSecrets().maskUrl(url).endsWith(host)).toBe(true);
      expect(createSecrets().maskBody(`{"callBackUrl":"${url}"}`)).toContain(shown);
    },
  );

  it('are not confused with e-mail addresses and parts of prompts', () => {
    const body = '{"prompt":"mail a@b.test, see http://a.test/@me and 5@7 //c@d"}';
    expect(createSecrets().maskBody(body)).toBe(body);
  });
});

describe("a key that is a vendor's own word", () => {
  it.each(['gen4_image_turbo', 'image_url_list', 'application/json', 'record-detail-info'])(
    '%s does not change other text, and is masked in key fields',
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

describe('secrets that teach others', () => {
  it('pass on what they learn, with its mark', () => {
    const [first, other] = [createSecrets(), createSecrets()];
    const both = teachingAlso(first, other);
    both.learn('sk-7f3a9c51e2', '[mark]');
    both.learnFrom('Bearer sk-0d1e2f3a4b');
    for (const secrets of [first, other, both]) {
      expect(secrets.maskText('sk-7f3a9c51e2')).toBe('[mark]');
      expect(secrets.maskText('sk-0d1e2f3a4b')).not.toContain('0d1e2f3a4b');
    }
  });
});
