import { createAjvOracle } from './ajv-oracle.ts';
import { createHyperjumpOracle } from './hyperjump-oracle.ts';
import type { OpenApiDocument, Oracle, OracleOptions } from './oracle.ts';
import { createPrismOracle } from './prism-oracle.ts';

export type OracleName = 'ajv' | 'hyperjump' | 'prism';

interface OracleUnderTest {
  readonly name: OracleName;
  readonly create: (document: OpenApiDocument, options?: OracleOptions) => Oracle;
}

export const ORACLES_UNDER_TEST: readonly OracleUnderTest[] = [
  { name: 'ajv', create: createAjvOracle },
  { name: 'hyperjump', create: createHyperjumpOracle },
  { name: 'prism', create: createPrismOracle },
];
