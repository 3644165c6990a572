/* Made from the packs' documents by "npm run types:payloads"; a test holds that it is up to date. */

/* biome-ignore-all format: made, not written */
/**
 * The callback, bare as the older pages have it. 3 is success, 2 is failed.
 */
export interface CometapiGenerateCallback {
  task_id: string;
  status: '2' | '3';
  prompt: string;
  video_url: string;
  poster: string;
  last_frame: string;
  msg: string | null;
  create_time: number;
  update_time: number;
}

export type DreamMachineGenerationCallback = {
  [k: string]: unknown;
} & {
  id: string;
  state: 'queued' | 'dreaming' | 'completed' | 'failed';
  generation_type: 'video' | 'image';
  created_at: string;
  model: string;
  failure_reason?: string | null;
  assets?: {
    video?: string;
    image?: string;
  } | null;
  request: {
    model: string;
    generation_type: 'video' | 'image';
    prompt?: string;
    aspect_ratio?: string;
    duration?: string;
    resolution?: string;
    loop?: boolean;
    keyframes?: {
      [k: string]: unknown;
    };
    callback_url?: string;
  };
};

export type LumaModifyCallback =
  | {
      code: 200;
      msg: 'Modify record generated successfully.';
      data: {
        taskId: string;
        promptJson: string;
        /**
         * @minItems 1
         */
        resultUrls: [string, ...string[]];
      };
    }
  | {
      code: 500;
      msg: 'Modify record generation failed.';
      data: {
        taskId: string;
        promptJson: string;
        resultUrls?: never;
      };
    };

export type ReplicatePredictionCallback = {
  [k: string]: unknown;
} & {
  id: string;
  status: 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled';
  model: string;
  version: string;
  input: {
    [k: string]: unknown;
  };
  output?: string | null;
  error: string | null;
  logs?: string;
  source: 'api' | 'web';
  data_removed: boolean;
  created_at: string;
  started_at?: string | null;
  completed_at?: string | null;
  webhook?: string;
  webhook_events_filter?: string[];
  urls: {
    get: string;
    cancel: string;
  };
};

export type RunwayGenerateCallback =
  | {
      code: 200;
      msg: 'All generated successfully.';
      data: {
        task_id: string;
        video_id: string;
        video_url: string;
        image_url: string;
      };
    }
  | {
      code: 400 | 500;
      msg: string;
      data: {
        task_id: string;
        video_id: '';
        video_url: '';
        image_url: '';
      };
    };

export type RunwayExtendCallback =
  | {
      code: 200;
      msg: 'All generated successfully.';
      data: {
        task_id: string;
        video_id: string;
        video_url: string;
        image_url: string;
      };
    }
  | {
      code: 400 | 500;
      msg: string;
      data: {
        task_id: string;
        video_id?: never;
        video_url?: never;
        image_url?: never;
      };
    };

/** What each event's callback looks like, by event. */
export interface CallbackPayloads {
  readonly 'cometapi.generate': CometapiGenerateCallback;
  readonly 'dream-machine.generation': DreamMachineGenerationCallback;
  readonly 'luma.modify': LumaModifyCallback;
  readonly 'replicate.prediction': ReplicatePredictionCallback;
  readonly 'runway.generate': RunwayGenerateCallback;
  readonly 'runway.extend': RunwayExtendCallback;
}
