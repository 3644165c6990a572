import type { Account } from '../../core/types.ts';
import type { Upload } from '../../engine/upload-fold.ts';
import { viewUpload } from '../../engine/uploads.ts';
import type { CallContext } from '../../packs/pack.ts';
import { renderSole } from '../../packs/state-answer.ts';
import type { UploadContent, UploadOperation } from '../../packs/uploads.ts';
import type { OperationCall } from './operation-call.ts';
import type { OperationTools } from './operation-tools.ts';

/** Answers an upload. */
export type UploadCalls = (
  call: OperationCall,
  operation: UploadOperation,
  account: Account,
  context: CallContext,
) => void;

export function createUploadCalls({ engine, answers, refusals, afterSaving }: OperationTools): UploadCalls {
  const { uploads } = engine;

  function store(
    { pack }: OperationCall,
    account: Account,
    content: Exclude<UploadContent, { readonly type: 'invalid' }>,
    announced: Upload | null,
  ): Upload | null {
    if (pack.uploads === null) throw new Error(`pack "${pack.name}" has no uploads`);
    return uploads.store({ pack, rules: pack.uploads, account, content, announced });
  }

  return (call, operation, account, context) => {
    const id = operation.uploadIdOf === null ? null : String(operation.uploadIdOf(context.request) ?? '');
    const announced = id === null ? null : uploads.find(call.pack, operation.isPublic ? null : account, id);
    if (announced === undefined) return refusals.refuse(call, 'unknownTask', `${id} is not a known upload`);
    const content = operation.contentOf(context.request);
    if (content.type === 'invalid') return refusals.refuse(call, 'invalid', content.because);
    const upload = store(call, account, content, announced);
    if (upload === null) return refusals.refuse(call, 'internal', TOO_LARGE);
    const view = viewUpload(upload, context.origin);
    afterSaving(call, () => answers.send(call, renderSole(operation, { ...context, upload: view }), null));
  };
}

const TOO_LARGE = 'The file needs more memory than --keep-bytes allows for uploads.';
