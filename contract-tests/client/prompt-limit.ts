import type { Pack } from '../../mock-server/index.ts';
import { schemaAt } from './request-schema.ts';

/** The longest prompt that every submitting operation accepts; null when nothing limits it. */
export function promptLimitOf(pack: Pack): number | null {
  if (pack.clients.promptLength !== null) return pack.clients.promptLength;
  const limits = pack.operations.flatMap((operation) => {
    if (operation.type !== 'submit' || operation.promptPointer === null || operation.parent !== null)
      return [];
    const { maxLength } = schemaAt(pack, operation.id, operation.promptPointer) ?? {};
    return typeof maxLength === 'number' ? [maxLength] : [];
  });
  return limits.length === 0 ? null : Math.max(...limits);
}
