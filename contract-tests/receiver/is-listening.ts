import { connect } from 'node:net';

const LISTEN_ATTEMPTS = 10;
const LISTEN_EVERY_MS = 200;

/** Whether the receiver listens, or does so again within a short time. */
export async function isListening(url: string): Promise<boolean> {
  for (let n = 0; n < LISTEN_ATTEMPTS; n++) {
    if (await canConnect(url)) return true;
    await new Promise((resolve) => setTimeout(resolve, LISTEN_EVERY_MS));
  }
  return false;
}

function canConnect(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const to = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (protocol === 'https:' ? 443 : 80)),
  };
  return new Promise((resolve) => {
    const socket = connect(to, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
