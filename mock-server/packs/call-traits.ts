import type { OpenAPIV3_1 } from 'openapi-types';
import { listOperations, resolve } from './document.ts';
import type { CallTraits } from './pack.ts';

/** Collects what the document says about calls to the vendor in general. */
export function callTraits(document: OpenAPIV3_1.Document): CallTraits {
  return { basePaths: basePathsOf(document), headers: headersOf(document) };
}

function basePathsOf({ servers = [] }: OpenAPIV3_1.Document): string[] {
  return [...new Set(servers.map(({ url }) => basePathOf(url)).filter((base) => base !== ''))];
}

function basePathOf(url: string): string {
  if (!URL.canParse(url, 'http://server')) return '';
  return new URL(url, 'http://server').pathname.replace(/\/+$/, '');
}

function headersOf(document: OpenAPIV3_1.Document): string[] {
  const names = listOperations(document).flatMap(({ path, operation }) =>
    [...(document.paths?.[path]?.parameters ?? []), ...(operation.parameters ?? [])].flatMap((reference) => {
      const parameter = resolve<OpenAPIV3_1.ParameterObject>(document, reference);
      return parameter?.in === 'header' ? [parameter.name.toLowerCase()] : [];
    }),
  );
  return [...new Set(names)];
}
