import type { ClientCommand, GivenContent } from '../engine/commands.ts';
import type { Secrets } from '../journal/secrets.ts';
import type { GivenParts, WrittenParts } from '../packs/written-parts.ts';

/**
 * Returns a command as plain JSON, without the secrets that this replica knows, before other replicas and the disk of
 * the store get it.
 */
export function writtenCommand<Wanted extends ClientCommand>(command: Wanted, secrets: Secrets): Wanted {
  switch (command.type) {
    case 'submit': {
      const { request, bodyText, pathParams, parts } = command;
      return {
        ...command,
        request: secrets.maskValue(request),
        bodyText: secrets.maskBody(bodyText),
        pathParams: pathParams === null ? null : secrets.maskValue(pathParams),
        parts: writtenParts(parts, secrets),
      };
    }
    case 'cancel':
    case 'delete':
    case 'poll':
      return { ...command, parts: writtenParts(command.parts, secrets) };
    case 'upload':
      return { ...command, content: writtenContent(command.content) };
    default:
      return command;
  }
}

function writtenParts(given: GivenParts, secrets: Secrets): WrittenParts {
  const parts = 'written' in given ? given.written() : given;
  return { ...parts, query: secrets.maskValue(parts.query), headers: secrets.maskHeaders(parts.headers) };
}

function writtenContent(content: GivenContent): GivenContent {
  if (content.type !== 'bytes') return content;
  const { bytes, name, contentType } = content;
  return { type: 'base64', text: bytes.toString('base64'), name, contentType };
}
