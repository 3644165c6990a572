// Tries the image that `npm run image` built: starts it, submits a task, receives the callback, and stops it. Prints each
// step, and fails at the first one that does not hold, or that does not end in time. The container shares the network of
// this machine.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const { version } = JSON.parse(readFileSync(resolve(import.meta.dirname, '../package.json'), 'utf8'));
const TAG = process.argv[2] ?? `localhost/stuntdouble:${version}`;
const BUILDAH = ['--storage-driver', 'vfs'];
const TOKEN = 'token-of-this-try';
const KEY = 'key-of-this-try';
const LARGEST_MB = 200;
const LIMIT_MS = 180_000;

const buildah = (...args) => execFileSync('buildah', [...BUILDAH, ...args], { encoding: 'utf8' }).trim();

/** The last step that succeeded, for failures that are not checks. */
let last = 'start of the script';
const children = new Set();
process.on('uncaughtException', (error) => {
  fail(error.message);
});
const limit = setTimeout(() => fail(`the next step did not end within ${LIMIT_MS / 1000} s`), LIMIT_MS);

const [{ size }] = JSON.parse(buildah('images', '--json', TAG));
check('is smaller than 200 MB', Number.parseFloat(size) < LARGEST_MB && size.endsWith('MB'), size);
const { Docker: image } = JSON.parse(buildah('inspect', '--type', 'image', TAG));
const { User: user, Healthcheck: health, Volumes: volumes, Entrypoint: entry, Cmd: command } = image.config;
check('does not run as root', user === '10001:10001', user);
check('has a health check', health?.Test?.at(-1) === '/app/image/health.mjs', health);
check('has volumes for packs and data', '/packs' in volumes && '/data' in volumes, volumes);

const container = buildah('from', TAG);
try {
  const refused = await ended(run([...entry, ...command], {}));
  check('does not start without an admin token', refused.code === 64, refused);
  check('names the remedy', refused.text.includes('Set the variable STUNTDOUBLE_ADMIN_TOKEN'), refused.text);

  const posts = [];
  const receiver = createServer((request, response) => {
    request.setEncoding('utf8');
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push(JSON.parse(body));
      response.writeHead(posts.length === 1 ? 500 : 200).end();
    });
  });
  await new Promise((resolved) => receiver.listen(0, '127.0.0.1', resolved));
  const port = await freePort();
  const env = {
    STUNTDOUBLE_ADMIN_TOKEN: TOKEN,
    STUNTDOUBLE_API_KEY: KEY,
    STUNTDOUBLE_CLOCK: 'virtual',
    STUNTDOUBLE_PORT: String(port),
  };
  const mock = run([...entry, ...command, '--json'], env);
  const url = `http://127.0.0.1:${port}`;
  const line = await firstLine(mock);
  check('listens', JSON.parse(line).type === 'listening', line);
  const open = await fetch(`${url}/__admin/health`);
  check('requires the token for admin calls', open.status === 401, open.status);
  const healthy = await ended(run(health.Test.slice(1), env));
  check('is healthy', healthy.code === 0, healthy);

  const callBackUrl = `http://127.0.0.1:${receiver.address().port}/callback`;
  const order = { prompt: 'a cat', duration: 5, quality: '720p', aspectRatio: '16:9', callBackUrl };
  const created = await post(`${url}/api/v1/runway/generate`, order, KEY);
  check('accepts a task', created.code === 200, created);
  await post(`${url}/__admin/clock`, { advance: '10m' }, TOKEN);
  check('sends the callback, and a retry', posts.length === 2 && posts[1].code === 200, posts);
  const video = await fetch(posts[1].data.video_url);
  check('serves the video', (await video.arrayBuffer()).byteLength > 1000, video.status);
  receiver.close();

  process.kill(nodeBelow(mock.pid), 'SIGTERM');
  const [code] = await once(mock, 'close');
  check('stops on SIGTERM', code === 0, code);
  const kept = buildah(
    'run',
    '--isolation',
    'chroot',
    container,
    '--',
    'node',
    '-p',
    'fs.readdirSync("/data").join()',
  );
  check('keeps its data in /data', kept.includes('journal'), kept);
} finally {
  stopAll();
  buildah('rm', container);
}
clearTimeout(limit);

/** Runs a command in the container. */
function run(words, env) {
  const variables = Object.entries(env).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
  const args = [...BUILDAH, 'run', '--isolation', 'chroot', ...variables, container, '--', ...words];
  const child = spawn('buildah', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.setEncoding('utf8');
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Resolves with the first line that a process prints. */
async function firstLine(child) {
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  const closed = once(child, 'close').then(([code]) => {
    throw new Error(`it exited with ${code} before it printed a line: ${text}`);
  });
  // The mock is also closed at the end, when nobody waits for its first line.
  closed.catch(() => undefined);
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), closed]);
  return line;
}

async function ended(child) {
  let text = '';
  child.stderr.on('data', (chunk) => {
    text += chunk;
  });
  child.stdout.resume();
  const [code] = await once(child, 'close');
  return { code, text };
}

/** Finds the process of Node that a command of buildah has started. */
function nodeBelow(pid) {
  const parents = new Map();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    try {
      const [, after = ''] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ');
      parents.set(Number(name), Number(after.split(' ')[1]));
    } catch {
      // It has ended.
    }
  }
  const isBelow = (one) => one !== undefined && (one === pid || isBelow(parents.get(one)));
  const nodes = [...parents.keys()].filter((one) => {
    if (one === pid || !isBelow(one)) return false;
    return cmdlineOf(one) === 'node';
  });
  return nodes.at(-1);
}

function cmdlineOf(pid) {
  const [program = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return basename(program);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolved) => server.listen(0, '127.0.0.1', resolved));
  const { port } = server.address();
  await new Promise((resolved) => server.close(resolved));
  return port;
}

async function post(url, body, key) {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).json();
}

function check(what, holds, got) {
  if (!holds)
    throw new Error(`the image ${what}: got ${typeof got === 'string' ? got : JSON.stringify(got)}`);
  process.stdout.write(`✓ the image ${what}\n`);
  last = `the image ${what}`;
}

/** Prints which step failed, and ends the script. */
function fail(why) {
  process.stdout.write(`✗ ${why}\n  the last step that succeeded: ${last}\n`);
  stopAll();
  process.exit(1);
}

/** Stops what runs in the container, which outlives the command of buildah that started it. */
function stopAll() {
  for (const child of children) {
    const node = nodeBelow(child.pid);
    if (node !== undefined) process.kill(node, 'SIGKILL');
    child.kill('SIGKILL');
  }
}
