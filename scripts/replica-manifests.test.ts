import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { PACKAGE_ROOT } from '../mock-server/packs/package-root.ts';

const read = (path: string): string => readFileSync(join(PACKAGE_ROOT, path), 'utf8');
const compose = parse(read('integrations/replicas/compose.yaml')) as Compose;
const manifests = parseAllDocuments(read('integrations/replicas/kubernetes.yaml')).map(
  (document) => document.toJS() as Manifest,
);

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, { readonly content: string }>>;
}

interface Service {
  readonly command?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>;
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly stringData?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly selector?: Readonly<Record<string, unknown>>;
    readonly ports?: readonly { readonly port: number; readonly targetPort?: number }[];
    readonly replicas?: number;
    readonly template: Pod;
  };
}

interface Pod {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly terminationGracePeriodSeconds?: number;
    readonly containers: readonly Container[];
  };
}

interface Container {
  readonly args?: readonly string[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly env?: readonly Variable[];
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
}

interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: number };
}

function manifest(kind: string, name: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

function containerOf({ spec }: Manifest): Container {
  const [container] = spec.template.spec.containers;
  if (container === undefined) throw new Error('no container');
  return container;
}

const replicas = manifest('Deployment', 'stuntdouble');
const settings = read('docs/reference/settings.md');
const variables = (container: Container): string[] => (container.env ?? []).map(({ name }) => name);

describe('the manifests of replicas', () => {
  it('set variables that exist', () => {
    const names = [
      ...Object.keys(compose.services.mock?.environment ?? {}),
      ...variables(containerOf(replicas)),
    ];
    expect(names).toContain('STUNTDOUBLE_STORE');
    expect(names.filter((name) => !settings.includes(`\`${name}\``))).toEqual([]);
  });

  it.each([
    ['compose.yaml', String(compose.services.redis?.command)],
    ['kubernetes.yaml', (containerOf(manifest('StatefulSet', 'stuntdouble-redis')).args ?? []).join(' ')],
  ])('start a Redis that loses nothing: %s', (_name, command) => {
    for (const words of ['--appendonly yes', '--appendfsync always', '--maxmemory-policy noeviction'])
      expect(command).toContain(words);
  });

  it('name the Redis server that they start', () => {
    const store = (url: string | undefined): string => new URL(String(url)).hostname;
    expect(Object.keys(compose.services)).toContain(
      store(compose.services.mock?.environment?.STUNTDOUBLE_STORE),
    );
    const own = containerOf(replicas).env?.find(({ name }) => name === 'STUNTDOUBLE_STORE')?.value;
    expect(manifest('Service', store(own)).spec.ports).toEqual([{ port: 6379 }]);
  });

  it('probe paths of the admin API, on the port of the mock', () => {
    const { paths } = parse(read('spec/admin.openapi.yaml')) as {
      readonly paths: Readonly<Record<string, unknown>>;
    };
    const { livenessProbe, readinessProbe, ports } = containerOf(replicas);
    for (const probe of [livenessProbe, readinessProbe]) {
      const { path = '', port } = probe?.httpGet ?? {};
      expect(Object.keys(paths)).toContain(path.replace('/__admin', ''));
      expect(ports.map(({ containerPort }) => containerPort)).toEqual([port]);
    }
  });

  it('give a replica more time to end than it takes', () => {
    const grace = containerOf(replicas).env?.find(({ name }) => name === 'STUNTDOUBLE_GRACE')?.value;
    const { terminationGracePeriodSeconds = 0 } = replicas.spec.template.spec;
    // It waits for half of the grace before it stops, and up to twice the grace after that.
    expect(terminationGracePeriodSeconds).toBeGreaterThan(2.5 * Number.parseInt(String(grace), 10));
  });

  it('select the pods that they start, and refer to what they define', () => {
    for (const { kind, metadata, spec } of manifests.filter((one) => one.kind === 'Service')) {
      const pods = manifests.filter((one) => one.kind !== 'Service' && one.spec?.template !== undefined);
      const labels = pods.map((pod) => JSON.stringify(pod.spec.template.metadata.labels));
      expect(labels, `${kind} ${metadata.name}`).toContain(JSON.stringify(spec.selector));
    }
    const token = containerOf(replicas).env?.find(({ valueFrom }) => valueFrom !== undefined)?.valueFrom;
    const { name = '', key = '' } = token?.secretKeyRef ?? {};
    expect(Object.keys(manifest('Secret', name).stringData ?? {})).toContain(key);
    const services = Object.values(compose.services);
    const volumes = services.flatMap((one) => one.volumes ?? []).map((text) => text.split(':', 1)[0]);
    expect(Object.keys(compose.volumes)).toEqual(volumes);
    const configs = services.flatMap((one) => one.configs ?? []).map(({ source }) => source);
    expect(Object.keys(compose.configs)).toEqual(configs);
    for (const { depends_on: needed = [] } of services) {
      const names = Array.isArray(needed) ? (needed as string[]) : Object.keys(needed);
      expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(names));
    }
  });
});
