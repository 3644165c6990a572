/** An action of the page as a shell command and as a line of a test. */
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

/** The header of an admin call that requires a token. The shell inserts the token, so that it is not shown. */
const TOKEN_HEADER = '"authorization: Bearer $TOKEN"';

/** Returns the `curl` command of a request. @param needsToken whether it needs the token of the mock, as `$TOKEN` */
export function curlOf({ method, url, headers = {}, body }: HttpCall, needsToken = false): string {
  const parts = ['curl', '-s'];
  if (method !== (body === undefined ? 'GET' : 'POST')) parts.push('-X', method);
  parts.push(quoted(url));
  for (const [name, value] of Object.entries(headers)) parts.push('-H', quoted(`${name}: ${value}`));
  if (needsToken) parts.push('-H', TOKEN_HEADER);
  if (body !== undefined) parts.push('-d', quoted(body));
  return parts.join(' ');
}

/** Returns the line of a test that sends a request. */
export function fetchOf({ method, url, headers = {}, body }: HttpCall, origin: string): string {
  const path = url.startsWith(origin) ? url.slice(origin.length) : url;
  const options = [
    ...(method === 'GET' ? [] : [`method: '${method}'`]),
    ...(Object.keys(headers).length === 0 ? [] : [`headers: ${JSON.stringify(headers)}`]),
    ...(body === undefined ? [] : [`body: JSON.stringify(${relative(body, origin)})`]),
  ];
  const settings = options.length === 0 ? '' : `, { ${options.join(', ')} }`;
  return `await fetch(\`\${mock.url}${path}\`${settings});`;
}

/** Returns JSON as an expression in which URLs of this mock begin with that of the mock of the test. */
function relative(json: string, origin: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"/g, (text) =>
    text.startsWith(`"${origin}/`) && !/[`$\\]/.test(text)
      ? `\`\${mock.url}${text.slice(origin.length + 1, -1)}\``
      : text,
  );
}

function quoted(text: string): string {
  return /^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Returns a text as a JavaScript string literal. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
