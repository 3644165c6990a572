/** Environment variables that make clients send their calls through a proxy. */
const PROXY_NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'];
const OWN_HOSTS = ['127.0.0.1', 'localhost', '::1'];

export type Environment = Readonly<Record<string, string | undefined>>;

/** Returns the variables that name a proxy, spelled as in the environment. */
export function proxiesIn(env: Environment): string[] {
  return Object.keys(env).filter(
    (name) => PROXY_NAMES.includes(name.toUpperCase()) && (env[name] ?? '') !== '',
  );
}

/** Returns variables that exclude the mock from the proxy; empty without a proxy. */
export function withoutProxy(env: Environment): Record<string, string> {
  if (proxiesIn(env).length === 0) return {};
  const given = (env.NO_PROXY ?? env.no_proxy ?? '').split(',').map((host) => host.trim());
  const hosts = [...new Set([...given.filter((host) => host !== ''), ...OWN_HOSTS])].join(',');
  return { NO_PROXY: hosts, no_proxy: hosts };
}
