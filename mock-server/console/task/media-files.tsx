import { useEffect, useState } from 'preact/hooks';
import type { MediaFile } from '../admin-types.ts';
import { admin, adminUrl } from '../api.ts';

interface MediaFilesProps {
  readonly taskId: string;
  /** Changes when the answers may have changed. */
  readonly state: string;
}

/** The media of a task, loaded when it is unfolded. Showing it is not a download of the client. */
export function MediaFiles({ taskId, state }: MediaFilesProps) {
  const [isOpen, setOpen] = useState(false);
  const [files, setFiles] = useState<readonly MediaFile[] | null>(null);
  const [problem, setProblem] = useState('');
  const path = `tasks/${encodeURIComponent(taskId)}/media`;
  useEffect(() => {
    if (!isOpen) return;
    admin<MediaFile[]>('GET', path).then(
      (found) => {
        setFiles(found);
        setProblem('');
      },
      (error: Error) => setProblem(error.message),
    );
  }, [isOpen, path, state]);
  return (
    <details class="media" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Media</summary>
      {problem !== '' && (
        <p role="alert" class="bad">
          ✗ {problem}
        </p>
      )}
      {files?.length === 0 && <p>This task has no media.</p>}
      {isOpen && files?.map((file) => <MediaView key={file.name} file={file} path={path} />)}
    </details>
  );
}

const ANSWERS = { 200: 'served now', 404: 'not served yet (404)', 410: 'expired (410)' } as const;

function MediaView({
  file: { name, status, contentType },
  path,
}: {
  readonly file: MediaFile;
  readonly path: string;
}) {
  const url = adminUrl(`${path}/${encodeURIComponent(name)}`);
  return (
    <figure>
      <figcaption>
        <code>{name}</code> {ANSWERS[status]}
      </figcaption>
      {contentType?.startsWith('video/') && (
        <video src={url} controls preload="metadata">
          <track kind="captions" />
        </video>
      )}
      {contentType?.startsWith('image/') && <img src={url} alt={`Media file ${name}`} />}
      {contentType?.startsWith('audio/') && (
        <audio src={url} controls>
          <track kind="captions" />
        </audio>
      )}
    </figure>
  );
}
