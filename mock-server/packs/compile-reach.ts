import type { OpenAPIV3_1 } from 'openapi-types';
import { Defect } from './defect.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ReachRules } from './vendor-rules.ts';

/** Compiles the header that names a URL of the vendor; null without one. @throws {Defect} without servers to name */
export function compileReach(
  { reach }: Pick<Lifecycle, 'reach'>,
  { servers = [] }: Pick<OpenAPIV3_1.Document, 'servers'>,
): ReachRules | null {
  if (reach === undefined) return null;
  const hosts = servers.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).host] : []));
  if (hosts.length === 0) {
    throw new Defect('the document does not list the servers whose URLs the header can contain', '/header');
  }
  return { header: reach.header.toLowerCase(), hosts };
}
