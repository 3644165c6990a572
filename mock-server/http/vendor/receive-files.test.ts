import { expect, it } from 'vitest';
import { fc } from '../../../fixtures/properties.ts';
import { isJson, receiveFiles } from './receive-files.ts';

const BOUNDARY = { 'content-type': 'multipart/form-data; boundary=x' };

function part(name: string, text: string): string {
  return `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
}

it('reads the fields of a form as data, also with names that objects inherit', async () => {
  const body = Buffer.from(`${part('__proto__', 'a')}${part('b', 'é')}--x--\r\n`);
  const received = await receiveFiles(BOUNDARY, body);
  if (received.type === 'refused') throw new Error(received.because);
  expect(Object.entries(received.fields ?? {})).toEqual([
    ['__proto__', 'a'],
    ['b', 'é'],
  ]);
  expect(({} as { readonly a?: unknown }).a).toBeUndefined();
  expect(received.files.size).toBe(0);
});

it('takes any other body as a file with its type', async () => {
  const received = await receiveFiles({ 'content-type': 'image/png; q=1' }, Buffer.from([1, 2, 3]));
  expect(received).toMatchObject({ fields: undefined, text: '(image/png, 3 bytes)' });
  const none = await receiveFiles({}, Buffer.alloc(0));
  expect(none).toEqual({ type: 'received', fields: undefined, files: new Map(), text: '' });
});

it('answers any bytes of a form', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
      const body = Buffer.concat([Buffer.from('--x\r\n'), bytes]);
      expect(['received', 'refused']).toContain((await receiveFiles(BOUNDARY, body)).type);
    }),
  );
});

it.each([
  ['application/json', true],
  ['application/problem+json; charset=utf-8', true],
  ['application/jsonl', false],
  ['multipart/form-data; boundary=x', false],
  [undefined, false],
])('knows whether %s is JSON', (type, expected) => {
  expect(isJson(type === undefined ? {} : { 'content-type': type })).toBe(expected);
});
