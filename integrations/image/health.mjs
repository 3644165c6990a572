// The health check of the image: succeeds when the mock answers.
import { readFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { healthTarget } from './health-target.mjs';

const { protocol, port, token } = healthTarget(wordsOfFirstProcess(), process.env);
const send = protocol === 'https:' ? requestSecure : requestPlain;
const request = send({
  host: '127.0.0.1',
  port,
  path: '/__admin/health',
  headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  // The certificate names the host under which others reach the mock.
  rejectUnauthorized: false,
  signal: AbortSignal.timeout(2500),
});
request.on('error', () => process.exit(1));
// A token in a configuration file is unknown here, but the refusal shows that the mock answers.
request.on('response', ({ statusCode }) => process.exit(statusCode === 200 || statusCode === 401 ? 0 : 1));
request.end();

/** Options after `start` are known only to the first process of the container. */
function wordsOfFirstProcess() {
  try {
    return readFileSync('/proc/1/cmdline', 'utf8').split('\0');
  } catch {
    return [];
  }
}
