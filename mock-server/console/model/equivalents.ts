/** What an action of the page is in a shell and in a test, so that a demonstration becomes one. */
export interface Equivalents {
  readonly curl: string;
  readonly library: string;
}

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request as a shell sends it. */
export function curlOf({ method, url, headers = {}, body }: HttpCall): string {
  const parts = ['curl', '-s'];
  if (method !== (body === undefined ? 'GET' : 'POST')) parts.push('-X', method);
  parts.push(quoted(url));
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push('-d', quoted(body));
  return parts.join(' ');
}

/** A request as a test sends it. */
export function fetchOf({ method, url, headers = {}, body }: HttpCall, origin: string): string {
  const path = url.startsWith(origin) ? url.slice(origin.length) : url;
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(Object.keys(headers).length === 0 ? [] : [`headers: ${JSON.stringify(headers)}`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${body})`]),
  ];
  const given = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
  return `await fetch(\`\${mock.url}${path}\`${given});`;
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** A text as JavaScript writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
