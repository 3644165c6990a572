import { CodedError, type MockServer } from '../mock-server/index.ts';
import { canCallBack, type Scene, type ScenePack, stageScene } from '../mock-server/pages/scenes.ts';

/** A mock that scenes run with. */
export interface Stage {
  readonly mock: MockServer;
  /**
   * Submits the task of a scene over HTTP, as any client would.
   * @throws {CodedError} OPTION_INVALID when the pack does not support the scene
   */
  run(scene: Scene): Promise<void>;
}

const KEY = 'demo';

/** Prepares a mock that listens for scenes, with its first pack that has callbacks. */
export async function openStage(mock: MockServer): Promise<Stage> {
  const packs = (await (await fetch(`${mock.url}/__admin/packs`)).json()) as readonly ScenePack[];
  const pack = packs.find(canCallBack) ?? packs[0];
  if (pack === undefined) throw new Error('the mock does not have a pack');
  return {
    mock,
    async run(scene) {
      const staged = stageScene(scene, pack, mock.url, KEY);
      if (staged.call === null) {
        throw new CodedError('OPTION_INVALID', `${staged.reason}`, 'Choose another pack.');
      }
      const { url, ...call } = staged.call;
      const answer = await fetch(url, call);
      const text = await answer.text();
      if (!answer.ok) throw new Error(`the mock refused the scene ${scene.name}: ${text.slice(0, 200)}`);
    },
  };
}
