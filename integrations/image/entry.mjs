// The entry point of the image: `start` needs an admin token, keeps its data in /data unless it has a store, and loads
// the packs in /packs. Other commands run unchanged.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { flagValue } from './flag-value.mjs';

const PACKS = '/packs';
const DATA = '/data';

const words = process.argv.slice(2);
const isStart = words[0] === 'start' && !words.includes('--help') && !words.includes('-h');
if (isStart) {
  if (!isSet('--admin-token', 'STUNTDOUBLE_ADMIN_TOKEN') && !listensOnLoopback()) {
    process.stderr.write(
      'error[OPTION_INVALID]: The mock can be reached from outside of its container, so it needs an admin token.\n' +
        '  Set the variable STUNTDOUBLE_ADMIN_TOKEN, or pass --admin-token.\n',
    );
    process.exit(64);
  }
  for (const folder of packsIn(PACKS)) process.argv.push('--pack', folder);
  const isShared = isSet('--store', 'STUNTDOUBLE_STORE');
  if (!isShared && !isSet('--data', 'STUNTDOUBLE_DATA') && isWritable(DATA))
    process.argv.push('--data', DATA);
}

await import('../node_modules/stuntdouble/dist/cli/stuntdouble.js');

function isSet(flag, variable) {
  return flagValue(words, flag) !== undefined || (process.env[variable] ?? '').trim() !== '';
}

function listensOnLoopback() {
  const host = flagValue(words, '--host') ?? process.env.STUNTDOUBLE_HOST;
  return ['127.0.0.1', 'localhost', '::1', undefined].includes(host);
}

function packsIn(folder) {
  if (!existsSync(folder)) return [];
  if (existsSync(join(folder, 'lifecycle.yaml'))) return [folder];
  const names = readdirSync(folder).sort();
  return names.map((name) => join(folder, name)).filter((path) => existsSync(join(path, 'lifecycle.yaml')));
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
