import { isLoopback } from '../../mock-server/internal.ts';

/** Returns remarks on a callback URL that do not require a request. */
export function remarksOn({ protocol, hostname }: URL): string[] {
  const remarks: string[] = [];
  if (protocol === 'http:') remarks.push('In production, the callback URL should start with https://.');
  if (isLoopback(hostname)) {
    remarks.push('This URL is reachable only from this machine; the vendor needs a public URL.');
  }
  if (/\.(ngrok(-free)?\.(app|dev|io)|trycloudflare\.com|loca\.lt)$/.test(hostname)) {
    remarks.push('Use a tunnel only for development: when its address changes, callbacks are lost.');
  }
  return remarks;
}
