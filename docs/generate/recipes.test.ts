import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildProgram } from '../../cli/program.ts';
import { settingsOf } from '../../cli/setting.ts';
import { ROOT } from './root.ts';

/** Returns the blocks of YAML in a page that contain a text. */
function yamlIn(page: string, text: string): unknown[] {
  const source = readFileSync(join(ROOT, page), 'utf8');
  const blocks = [...source.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = '']) => block);
  return blocks.filter((block) => block.includes(text)).map((block) => parse(block));
}

const stream = new PassThrough();
const program = buildProgram({ env: {}, stdout: stream, stderr: stream, end: () => undefined });
const settings = new Map(settingsOf(program).map((setting) => [setting.variable, setting]));

interface Service {
  readonly image?: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

describe('the recipes for Compose', () => {
  const recipes = yamlIn('docs/how-to/docker.md', 'services:') as { services: Record<string, Service> }[];

  it('are one for the mock alone, one with the host and one with a service', () => {
    expect(recipes.map(({ services }) => Object.keys(services))).toEqual([
      ['mock'],
      ['mock'],
      ['mock', 'app'],
    ]);
  });

  it.each(recipes.map((recipe, index) => [index + 1, recipe] as const))(
    'name in recipe %i only services, options and values that exist',
    (_number, { services }) => {
      for (const { environment, depends_on: needed = {}, image } of Object.values(services)) {
        for (const name of Object.keys(needed)) expect(Object.keys(services)).toContain(name);
        for (const [name, value] of Object.entries(environment)) {
          if (!name.startsWith('STUNTDOUBLE_')) continue;
          expect(() => settings.get(name)?.fromEnvironment(value), name).not.toThrow();
          expect(settings.has(name), name).toBe(true);
        }
        if (image === 'stuntdouble') expect(environment).toHaveProperty('STUNTDOUBLE_ADMIN_TOKEN');
      }
    },
  );
});

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string>>;
}

describe('the recipe for GitHub Actions', () => {
  const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
    inputs: Record<string, unknown>;
    outputs: Record<string, unknown>;
  };
  const [workflow] = yamlIn('docs/how-to/github-actions.md', 'jobs:') as [
    { jobs: { contracts: { steps: Step[] } } },
  ];
  const { steps } = workflow.jobs.contracts;
  const own = steps.filter(({ uses }) => uses?.startsWith('OWNER/stuntdouble'));

  it('uses each command of the action with inputs that exist', () => {
    expect(own.map((step) => step.with?.command ?? 'setup')).toEqual(['setup', 'verify', 'verify', 'finish']);
    for (const step of own) {
      for (const name of Object.keys(step.with ?? {})) expect(Object.keys(action.inputs)).toContain(name);
    }
  });

  it('reads outputs that exist, of steps that exist', () => {
    const reads = [...JSON.stringify(workflow).matchAll(/steps\.(\w+)\.outputs\.([\w-]+)/g)];
    expect(reads.length).toBeGreaterThan(1);
    for (const [, id, output] of reads) {
      expect(own.map((step) => step.id)).toContain(id);
      expect(Object.keys(action.outputs)).toContain(output);
    }
  });
});
