import { isLoopback } from '../../mock-server/index.ts';

/** What can be said of a callback URL without calling it. */
export function remarksOn({ protocol, hostname }: URL): string[] {
  const remarks: string[] = [];
  if (protocol === 'http:') remarks.push('In production the callback URL should begin with https://.');
  if (isLoopback(hostname)) {
    remarks.push('This URL can only be reached from this machine; the vendor needs a public one.');
  }
  if (/\.(ngrok(-free)?\.(app|dev|io)|trycloudflare\.com|loca\.lt)$/.test(hostname)) {
    remarks.push('A tunnel is for development: its address changes, and callbacks are lost with it.');
  }
  return remarks;
}
