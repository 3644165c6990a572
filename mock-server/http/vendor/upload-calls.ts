import type { Account } from '../../core/types.ts';
import type { UploadOutcome } from '../../engine/commands.ts';
import { viewUpload } from '../../engine/uploads.ts';
import type { CallContext } from '../../packs/pack.ts';
import { renderSole } from '../../packs/state-answer.ts';
import type { UploadOperation } from '../../packs/uploads.ts';
import { whenDone } from './after-saving.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers an upload. */
export type UploadCalls = (
  call: OperationCall,
  operation: UploadOperation,
  account: Account,
  context: CallContext,
) => void;

export function createUploadCalls(tools: OperationTools): UploadCalls {
  const { commands, answers, refusals, afterSaving } = tools;

  return (call, operation, account, context) => {
    const { uploadIdOf, isPublic } = operation;
    const uploadId = uploadIdOf === null ? null : String(uploadIdOf(context.request) ?? '');
    const content = operation.contentOf(context.request);
    if (content.type === 'invalid') return refusals.refuse(call, 'invalid', content.because);
    const asked = { pack: call.pack.name, account, uploadId, isPublic, content };
    const answer = (outcome: UploadOutcome): void => {
      if (outcome.type === 'unknown')
        return refusals.refuse(call, 'unknownTask', `${uploadId} is not a known upload`);
      if (outcome.type === 'too-large') return refusals.refuse(call, 'internal', TOO_LARGE);
      const view = viewUpload(outcome.upload, context.origin);
      afterSaving(call, () => answers.send(call, renderSole(operation, { ...context, upload: view }), null));
    };
    whenDone(call, commands.run({ type: 'upload', ...asked }), answer, refusals);
  };
}

const TOO_LARGE = 'The file needs more memory than --keep-bytes allows for uploads.';
