import { SCENES } from '../../pages/scenes.ts';
import { CopyButton } from '../copy-button.tsx';
import { curlOf } from '../model/equivalents.ts';
import { SceneButton, stagedWithPack } from './scenes.tsx';

/** The overview without tasks: scenes to run, and the command that submits a first task. */
export function FirstScene() {
  const [first] = SCENES;
  const staged = first === undefined ? null : stagedWithPack(first);
  return (
    <div class="first-scene">
      <h2>No tasks yet</h2>
      <p>Run a scene: it submits a task to this mock, with a receiver that answers as described.</p>
      <ul class="scenes">
        {SCENES.map((scene) => (
          <li key={scene.name}>
            <SceneButton scene={scene} />
          </li>
        ))}
      </ul>
      {staged?.call != null && (
        <>
          <p>Or point the base URL of your client to this mock. With curl:</p>
          <pre>{curlOf(staged.call)}</pre>
          <CopyButton text={curlOf(staged.call)} label="Copy command" />
        </>
      )}
    </div>
  );
}
