import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compilePack } from '../compile-pack.ts';
import { applyProfile, readPackFiles } from '../load-pack.ts';
import { PACKAGE_ROOT } from '../package-root.ts';
import { follow, startRun } from './start-run.ts';

const DIR = join(PACKAGE_ROOT, 'fixtures/packs/acme-video');

function acme() {
  const { lifecycle, document, chosen, profiles } = applyProfile(readPackFiles(DIR), null);
  return { lifecycle, pack: compilePack(lifecycle, document, { dir: DIR, profile: chosen, profiles }) };
}

const error = (instancePath: string, additionalProperty?: string) => ({
  instancePath,
  schemaPath: '',
  keyword: '',
  params: additionalProperty === undefined ? {} : { additionalProperty },
});

describe('the path of an error in a template', () => {
  const template = { data: { url: '$media.video.url' }, info: { $jsonString: { inner: 1 } } };

  it('leads to the value in the template', () => {
    expect(follow(template, error('/data/url'))).toEqual({
      pointer: '/data/url',
      source: '$media.video.url',
    });
  });

  it('ends where a codec turns a part of the template into a string', () => {
    expect(follow(template, error('/info/inner'))).toEqual({ pointer: '/info', source: template.info });
  });

  it('leads to a key that the schema does not permit', () => {
    expect(follow(template, error('/data', 'url')).pointer).toBe('/data/url');
  });
});

describe('a dry run', () => {
  it('finds a body that violates the document, at its template', () => {
    const { pack, lifecycle } = acme();
    const run = startRun(pack, lifecycle);
    const [name = ''] = Object.keys(pack.document.components?.schemas ?? {});
    run.validate({
      body: '"not an object"',
      schema: `/components/schemas/${name}`,
      template: '/operations/none/answer',
      shownBy: 'a test',
    });
    expect(run.findings).toMatchObject([
      { severity: 'error', root: 'lifecycle', pointer: '/operations/none/answer', shownBy: 'a test' },
    ]);
    expect([...run.templates]).toEqual(['/operations/none/answer']);
  });

  it('reports a schema that cannot be compiled once', () => {
    const { pack, lifecycle } = acme();
    const run = startRun(pack, lifecycle);
    const rendered = { body: '{}', schema: '/components/schemas/Missing', template: '/a', shownBy: 'a test' };
    run.validate(rendered);
    run.validate(rendered);
    expect(run.unusable).toMatchObject([
      { root: 'document', pointer: '/components/schemas/Missing', severity: 'error' },
    ]);
    expect(run.findings).toEqual([]);
  });
});
