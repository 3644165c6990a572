import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileCallbacks } from './compile-callbacks.ts';
import { Defect } from './defect.ts';
import { listOperations } from './document.ts';
import { loadPackAfresh } from './load-pack.ts';
import type { SubmitOperation } from './pack.ts';
import { PACKAGE_ROOT } from './package-root.ts';

const pack = loadPackAfresh(join(PACKAGE_ROOT, 'fixtures/packs/beacon-video'));
const submit = pack.operations.find((one): one is SubmitOperation => one.type === 'submit');
if (submit === undefined) throw new Error('the pack has no submission');

describe('the places of callback URLs', () => {
  it('are the keys of the callbacks in the document, in the order of the events', () => {
    expect(submit.callbacks.map(({ event, place }) => [event.callback, place])).toEqual([
      ['changed', { in: 'query', name: 'hook' }],
      ['changed', { in: 'body', pointer: '/notify' }],
      ['moved', { in: 'header', name: 'X-Notify' }],
    ]);
    expect(submit.callbackUrlPointer).toBeNull();
  });

  it('are read from the query, the body and the headers', () => {
    const outside = { query: (name: string) => `query ${name}`, header: (name: string) => `header ${name}` };
    const read = (given: typeof outside | null) =>
      submit.callbacks.map(({ urlOf }) => urlOf({ notify: ['a', 'b'] }, given));
    expect(read(outside)).toEqual(['query hook', ['a', 'b'], 'header X-Notify']);
    expect(read(null)).toEqual([undefined, ['a', 'b'], undefined]);
  });

  it.each(['$request.path.id', '$task.id', 'http://127.0.0.1/', '$request.body'])(
    'cannot be %s',
    (expression) => {
      const [operation] = listOperations(pack.document);
      if (operation === undefined) throw new Error('the document has operations');
      const callbacks = { changed: { [`{${expression}}`]: {} } };
      const changed = { ...operation, operation: { callbacks } };
      expect(() => compileCallbacks(pack.document, changed, submit.events.slice(0, 1))).toThrow(Defect);
    },
  );
});
