import { signal } from '@preact/signals';
import { canCallBack, SCENES, type Scene, stageScene } from '../../pages/scenes.ts';
import { describeSink } from '../../pages/sink-settings.ts';
import { ORIGIN } from '../api.ts';
import { Labeled } from '../labeled.tsx';
import { clock, connection } from '../live.ts';
import { packs } from '../packs.ts';
import { openTask } from '../route.ts';
import { LastAction, sendAsClient } from './actions.tsx';
import { findTask } from './find-task.ts';

const KEY = 'console';

/** The pack that scenes run with; empty for the first one with callbacks. */
const chosenPack = signal('');
/** The last scene, and its task once it is known. */
const running = signal<{ readonly name: string; readonly taskId: string | null } | null>(null);

/** Returns the pack that scenes run with; undefined until the packs are loaded. */
function scenePack() {
  const all = packs.value;
  return all.find(({ name }) => name === chosenPack.value) ?? all.find(canCallBack) ?? all[0];
}

/** Returns the request of a scene with the chosen pack; null until the packs are loaded. */
export function stagedWithPack(scene: Scene) {
  const pack = scenePack();
  return pack === undefined ? null : stageScene(scene, pack, ORIGIN, KEY);
}

/** Runs a scene and opens nothing: its lane appears among the others. */
async function run(scene: Scene): Promise<void> {
  const staged = stagedWithPack(scene);
  if (staged === null || staged.call === null) return;
  running.value = { name: scene.name, taskId: null };
  const answer = await sendAsClient(staged.call, `Scene: ${scene.title}`, findTask);
  if (running.value?.name !== scene.name) return;
  running.value = answer?.taskId == null ? null : { name: scene.name, taskId: answer.taskId };
}

/** A button that runs a scene. It is off, with the reason, where the pack does not support the scene. */
export function SceneButton({ scene }: { readonly scene: Scene }) {
  const staged = stagedWithPack(scene);
  const reason = staged === null ? 'The packs are not loaded yet' : staged.call === null ? staged.reason : '';
  const isOff = reason !== '' || connection.value !== 'open';
  return (
    <button
      type="button"
      class="scene"
      // A button that is disabled cannot be focused, and would not tell its reason.
      aria-disabled={isOff}
      aria-describedby={`scene-${scene.name}`}
      onClick={() => {
        if (!isOff) void run(scene);
      }}
    >
      <strong>{scene.title}</strong>
      <span id={`scene-${scene.name}`}>{reason === '' ? scene.shows : `Not available: ${reason}.`}</span>
    </button>
  );
}

/** All scenes, with the pack they run with and what to watch after one was started. */
export function Scenes() {
  const pack = scenePack();
  return (
    <>
      {packs.value.length > 1 && (
        <Labeled label="Vendor">
          {(id) => (
            <select
              id={id}
              value={pack?.name ?? ''}
              onChange={({ currentTarget }) => {
                chosenPack.value = currentTarget.value;
              }}
            >
              {packs.value.map(({ name, title }) => (
                <option key={name} value={name}>
                  {name}: {title}
                </option>
              ))}
            </select>
          )}
        </Labeled>
      )}
      <ul class="scenes">
        {SCENES.map((scene) => (
          <li key={scene.name}>
            <SceneButton scene={scene} />
            <Running scene={scene} />
          </li>
        ))}
      </ul>
      <LastAction />
    </>
  );
}

function Running({ scene }: { readonly scene: Scene }) {
  const current = running.value;
  if (current?.name !== scene.name) return null;
  const { taskId } = current;
  return (
    <div class="running" role="status">
      <p>
        The receiver {describeSink(scene.sink)}. {scene.watch}
        {clock.value?.mode === 'virtual' && ' Advance the clock to see it.'}
      </p>
      {taskId !== null && (
        <button type="button" onClick={() => openTask(taskId)}>
          Open task {taskId.slice(0, 8)}
        </button>
      )}
    </div>
  );
}
