import type { Pack } from '../../mock-server/index.ts';
import { schemaAt } from './request-schema.ts';

/** Returns the maximum length of a prompt that a submission accepts; null without a limit. */
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
