import type { OpenAPIV3_1 } from 'openapi-types';
import { describe, expect, it } from 'vitest';
import { schemaCompiler } from './document-schemas.ts';

const FORMATS = [
  ['uri', 'uri-reference', 'url', 'email', 'hostname', 'date-time', 'date', 'time', 'duration', 'uuid'],
  ['ipv4', 'ipv6', 'json-pointer', 'uri-template', 'byte', 'binary', 'regex', 'iso-date-time', 'iso-time'],
].flat();
const ATOMS = ['a', '0', ':', '.', '-', '/', ' ', '%41', 'a.', 'a@', '{a,', '~0', '1D', '0:'];
const LENGTH = 100_000;

describe('a format of a document', () => {
  it.each(FORMATS)('%s is checked quickly for any text', (format) => {
    const document = {
      openapi: '3.1.0',
      paths: {},
      components: { schemas: { A: { type: 'string', format } } },
    };
    const validate = schemaCompiler(document as unknown as OpenAPIV3_1.Document)('/components/schemas/A');
    for (const start of ['', 'http://', 'a@', 'P']) {
      for (const atom of ATOMS) {
        const text = `${start}${atom.repeat(LENGTH / atom.length)}!`;
        const begun = process.cpuUsage();
        validate(text);
        // A format with quadratic time takes minutes.
        expect(process.cpuUsage(begun).user / 1000, `${start}${atom}…`).toBeLessThan(2000);
      }
    }
  });
});
