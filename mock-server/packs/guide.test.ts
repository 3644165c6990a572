import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CODECS } from './codecs.ts';
import { compileExpression } from './expressions.ts';
import { PACKAGE_ROOT } from './package-root.ts';
import { taskLanguage } from './task-language.ts';

const GUIDE = readFileSync(join(PACKAGE_ROOT, 'docs/add-a-vendor.md'), 'utf8');
const REFERENCE = GUIDE.slice(GUIDE.indexOf('## Reference'));

describe('the reference of the guide', () => {
  it.each(Object.keys(CODECS))('names the codec %s', (codec) => {
    expect(REFERENCE).toContain(`\`${codec}\``);
  });

  it('names only existing fields of tasks and failures', () => {
    const language = taskLanguage({
      media: new Map(),
      failures: new Map(),
      messagePages: [],
      zoneOffsetMs: 0,
      idForm: 'uuid',
    });
    const named = [...REFERENCE.matchAll(/`(\$(?:task|failure)\.\w+)`/g)].map(([, name = '']) => name);
    expect(named.length).toBeGreaterThan(10);
    for (const name of named) expect(() => compileExpression(name, language)).not.toThrow();
  });
});
