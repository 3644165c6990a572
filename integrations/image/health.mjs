// The health check of the image: succeeds when the mock answers. Its token and port come from the environment.
const { STUNTDOUBLE_PORT: port = '4010', STUNTDOUBLE_ADMIN_TOKEN: token } = process.env;
try {
  const { ok, status } = await fetch(`http://127.0.0.1:${port}/__admin/health`, {
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(2500),
  });
  // A token that was passed as a flag is unknown here, but the refusal shows that the mock answers.
  process.exit(ok || status === 401 ? 0 : 1);
} catch {
  process.exit(1);
}
