import type { ClientCommand } from '../engine/commands.ts';
import type { Secrets } from '../journal/secrets.ts';

/** Masks the secrets that this replica knows in a command, before other replicas and the disk of the store get it. */
export function maskCommand<Wanted extends ClientCommand>(command: Wanted, secrets: Secrets): Wanted {
  if (command.type !== 'submit') return command;
  const { request, bodyText, pathParams } = command;
  return {
    ...command,
    request: secrets.maskValue(request),
    bodyText: secrets.maskBody(bodyText),
    pathParams: pathParams === null ? null : secrets.maskValue(pathParams),
  };
}
