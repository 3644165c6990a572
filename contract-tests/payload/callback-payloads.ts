/* Generated from the packs' documents by "npm run types:payloads"; a test checks that it is up to date. */

/* biome-ignore-all format: generated */
export type AlephGenerateCallback =
  | {
      code: 200;
      msg: string;
      data: {
        result_video_url: string;
        result_image_url: string;
      };
      taskId: string;
    }
  | {
      code: 400 | 500;
      msg: string;
      data: null;
      taskId: string;
    };

/**
 * The callback, without an envelope, as on the older pages. 3 is success and 2 is failure.
 */
export interface CometapiGenerateCallback {
  task_id: string;
  status: '0' | '1' | '2' | '3';
  prompt?: string;
  video_url?: string;
  poster?: string;
  last_frame?: string;
  msg?: string | null;
  create_time?: number;
  update_time?: number;
}

export interface DreamMachineGenerationCallback {
  id?: string;
  assets?: {
    image?: string;
    progress_video?: string;
    video?: string;
  } | null;
  created_at?: string;
  failure_reason?: string | null;
  generation_type?: 'video' | 'image';
  model?: string;
  request?:
    | {
        model: 'ray-2' | 'ray-flash-2';
        aspect_ratio?: '1:1' | '16:9' | '9:16' | '4:3' | '3:4' | '21:9' | '9:21';
        callback_url?: string;
        concepts?: {
          key: string;
        }[];
        duration?: string;
        generation_type?: 'video';
        keyframes?: {
          frame0?:
            | {
                id: string;
                type: 'generation';
              }
            | {
                type: 'image';
                url: string;
              };
          frame1?:
            | {
                id: string;
                type: 'generation';
              }
            | {
                type: 'image';
                url: string;
              };
        };
        loop?: boolean;
        prompt?: string;
        resolution?: string;
      }
    | {
        model: 'photon-1' | 'photon-flash-1';
        aspect_ratio?: '1:1' | '16:9' | '9:16' | '4:3' | '3:4' | '21:9' | '9:21';
        callback_url?: string;
        character_ref?: {
          identity0?: {
            images?: string[];
          };
        };
        format?: 'jpg' | 'png';
        generation_type?: 'image';
        image_ref?: {
          url?: string;
          weight?: number;
        }[];
        modify_image_ref?: {
          url?: string;
          weight?: number;
        };
        prompt?: string;
        style_ref?: {
          url?: string;
          weight?: number;
        }[];
        sync?: boolean;
        sync_timeout?: number;
      }
    | {
        callback_url?: string;
        generation_type?: 'upscale_video';
        resolution?: string;
      }
    | {
        callback_url?: string;
        generation_type?: 'add_audio';
        negative_prompt?: string;
        prompt?: string;
      }
    | {
        aspect_ratio: '1:1' | '16:9' | '9:16' | '4:3' | '3:4' | '21:9' | '9:21';
        generation_type: 'reframe_image';
        media: {
          url: string;
        };
        model: 'photon-1' | 'photon-flash-1';
        callback_url?: string;
        format?: 'jpg' | 'png';
        grid_position_x?: number;
        grid_position_y?: number;
        prompt?: string;
        resized_height?: number;
        resized_width?: number;
        x_end?: number;
        x_start?: number;
        y_end?: number;
        y_start?: number;
      }
    | {
        aspect_ratio: '1:1' | '16:9' | '9:16' | '4:3' | '3:4' | '21:9' | '9:21';
        generation_type: 'reframe_video';
        media: {
          url: string;
        };
        model: 'ray-2' | 'ray-flash-2';
        callback_url?: string;
        first_frame?: {
          url: string;
        };
        grid_position_x?: number;
        grid_position_y?: number;
        prompt?: string;
        resized_height?: number;
        resized_width?: number;
        x_end?: number;
        x_start?: number;
        y_end?: number;
        y_start?: number;
      }
    | {
        generation_type: 'modify_video';
        media: {
          url: string;
        };
        mode:
          | 'adhere_1'
          | 'adhere_2'
          | 'adhere_3'
          | 'flex_1'
          | 'flex_2'
          | 'flex_3'
          | 'reimagine_1'
          | 'reimagine_2'
          | 'reimagine_3';
        model: 'ray-2' | 'ray-flash-2';
        callback_url?: string;
        first_frame?: {
          url: string;
        };
        prompt?: string;
      };
  state?: 'queued' | 'dreaming' | 'completed' | 'failed';
}

export interface FalRequestCallback {
  request_id: string;
  gateway_request_id?: string;
  status: 'OK' | 'ERROR';
  error?: string | null;
  payload_error?: string | null;
  payload:
    | {
        video?: {
          url: string;
          content_type: string;
          file_name?: string;
          file_size?: number | null;
          width?: number | null;
          height?: number | null;
        };
        images?: {
          url: string;
          content_type: string;
          file_name?: string;
          file_size?: number | null;
          width?: number | null;
          height?: number | null;
        }[];
        seed?: number;
      }
    | {
        /**
         * @minItems 1
         */
        detail: [
          {
            loc: (string | number)[];
            msg: string;
            type: string;
          },
          ...{
            loc: (string | number)[];
            msg: string;
            type: string;
          }[]
        ];
      }
    | {
        detail: string;
        error_type?: string;
      }
    | null;
}

export type FluxKontextGenerateCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        info: {
          originImageUrl?: string;
          resultImageUrl: string;
        };
      };
    }
  | {
      code: 400 | 500 | 501;
      msg: string;
      data: {
        taskId: string;
        info?: {
          originImageUrl?: '';
          resultImageUrl?: '';
        };
      };
    };

export type Gpt4OImageGenerateCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        info: {
          result_urls: string[];
        };
      };
    }
  | {
      code: 400 | 451 | 500;
      msg: string;
      data: {
        taskId: string;
        info?: null;
      };
    };

export type LumaModifyCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        promptJson?: string;
        resultUrls: string[];
      };
    }
  | {
      code: 500;
      msg: string;
      data: {
        taskId: string;
        promptJson?: string;
        resultUrls?: never;
      };
    };

export type MarketTaskCallback = {
  code: 200;
  msg: string;
  data: {
    [k: string]: unknown;
  };
};

/**
 * The type in the SDK also requires model, source, data_removed and urls. The example of a webhook on the vendor's
 * page does not have them, and has null for values that are not known yet.
 *
 */
export interface ReplicatePredictionCallback {
  id: string;
  status: 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled' | 'aborted';
  model?: string;
  version: string;
  input: {
    [k: string]: unknown;
  };
  output?: unknown;
  source?: 'api' | 'web';
  error?: unknown;
  logs?: string | null;
  data_removed?: boolean;
  deadline?: string;
  deployment?: string;
  metrics?: {
    predict_time?: number;
    total_time?: number;
    [k: string]: unknown;
  } | null;
  webhook?: string;
  webhook_events_filter?: ('start' | 'output' | 'logs' | 'completed')[];
  created_at: string;
  started_at?: string | null;
  completed_at?: string | null;
  urls?: {
    get: string;
    cancel: string;
    stream?: string;
    web?: string;
  };
}

export type RunwayGenerateCallback =
  | {
      code: 200;
      msg: string;
      data: {
        task_id: string;
        video_id: string;
        video_url?: string;
        image_url?: string;
      };
    }
  | {
      code: 400 | 500;
      msg: string;
      data: {
        task_id: string;
        video_id?: '';
        video_url?: '';
        image_url?: '';
      };
    };

export type RunwayExtendCallback =
  | {
      code: 200;
      msg: string;
      data: {
        task_id: string;
        video_id: string;
        video_url?: string;
        image_url?: string;
      };
    }
  | {
      code: 400 | 500;
      msg: string;
      data: {
        task_id: string;
        video_id?: '';
        video_url?: '';
        image_url?: '';
      };
    };

export type SunoMusicCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoExtensionCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoCoverCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoUploadExtensionCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoReplacementCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
        error?: string;
      };
    };

export type SunoSoundsCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoInstrumentalCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoVocalsCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoMashupCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'text' | 'first' | 'complete';
        task_id: string;
        data: {
          id: string;
          audio_url: string;
          stream_audio_url?: string;
          image_url?: string;
          prompt?: string;
          model_name?: string;
          tags?: string;
          createTime?: string;
          duration?: number;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        callbackType: 'error';
        task_id: string;
        data?: null;
      };
    };

export type SunoLyricsCallback =
  | {
      code: 200;
      msg: string;
      data: {
        callbackType: 'complete';
        task_id: string;
        data: {
          text?: string;
          status?: 'complete' | 'failed';
          error_message?: string;
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        /**
         * Also for a failure.
         */
        callbackType: 'complete';
        task_id: string;
        data?: null;
      };
    };

export type SunoWavCallback =
  | {
      code: 200;
      msg: string;
      data: {
        task_id: string;
        audio_wav_url: string;
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        task_id: string;
        audio_wav_url?: null;
      };
    };

export type SunoVideoCallback =
  | {
      code: 200;
      msg: string;
      data: {
        task_id: string;
        video_url: string;
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        task_id: string;
        video_url?: null;
      };
    };

export type SunoCoverImageCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        /**
         * @minItems 1
         */
        images: [string, ...string[]];
      };
    }
  | {
      code: 500;
      msg: string;
      data: {
        taskId: string;
        images?: null;
      };
    };

export type SunoSeparationCallback =
  | {
      code: 200;
      msg: string;
      data: {
        task_id: string;
        vocal_removal_info: {
          origin_url?: string;
          vocal_url: string;
          /**
           * Only for separate_vocal.
           */
          instrumental_url?: string;
          backing_vocals_url?: string;
          bass_url?: string;
          brass_url?: string;
          drums_url?: string;
          fx_url?: string;
          guitar_url?: string;
          keyboard_url?: string;
          percussion_url?: string;
          strings_url?: string;
          synth_url?: string;
          woodwinds_url?: string;
        };
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        task_id: string;
        vocal_removal_info?: null;
      };
    };

export type SunoMidiCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        state?: string;
        instruments: {
          name: string;
          notes: {
            pitch?: number;
            /**
             * Seconds.
             */
            start?: number;
            /**
             * Seconds.
             */
            end?: number;
            velocity?: number;
          }[];
        }[];
      };
    }
  | {
      code: 400 | 408 | 413 | 500 | 501 | 531;
      msg: string;
      data: {
        taskId: string;
      };
    };

export type Veo4KCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        info: {
          resultUrls: string[];
          imageUrls?: string[];
        };
      };
    }
  | {
      code: 400 | 422 | 500 | 501;
      msg: string;
      data: {
        taskId: string;
      };
    };

export type VeoGenerateCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        promptJson?: string;
        info: {
          resultUrls: string[];
          originUrls?: string[];
          resolution?: string;
        };
        /**
         * @deprecated
         */
        fallbackFlag?: boolean;
      };
    }
  | {
      code: 400 | 422 | 500 | 501;
      msg: string;
      data: {
        taskId: string;
        info?: {
          resultUrls?: never;
          originUrls?: never;
        } | null;
        /**
         * @deprecated
         */
        fallbackFlag?: boolean;
      };
    };

export type VeoExtendCallback =
  | {
      code: 200;
      msg: string;
      data: {
        taskId: string;
        promptJson?: string;
        info: {
          resultUrls: string[];
          originUrls?: string[];
          resolution?: string;
        };
        /**
         * @deprecated
         */
        fallbackFlag?: boolean;
      };
    }
  | {
      code: 400 | 422 | 500 | 501;
      msg: string;
      data: {
        taskId: string;
        info?: {
          resultUrls?: never;
          originUrls?: never;
        } | null;
        /**
         * @deprecated
         */
        fallbackFlag?: boolean;
      };
    };

/** Bodies of callbacks, by event. */
export interface CallbackPayloads {
  readonly 'aleph.generate': AlephGenerateCallback;
  readonly 'cometapi.generate': CometapiGenerateCallback;
  readonly 'dream-machine.generation': DreamMachineGenerationCallback;
  readonly 'fal.request': FalRequestCallback;
  readonly 'flux-kontext.generate': FluxKontextGenerateCallback;
  readonly 'gpt4o-image.generate': Gpt4OImageGenerateCallback;
  readonly 'luma.modify': LumaModifyCallback;
  readonly 'market.task': MarketTaskCallback;
  readonly 'replicate.prediction': ReplicatePredictionCallback;
  readonly 'runway.generate': RunwayGenerateCallback;
  readonly 'runway.extend': RunwayExtendCallback;
  readonly 'suno.music': SunoMusicCallback;
  readonly 'suno.extension': SunoExtensionCallback;
  readonly 'suno.cover': SunoCoverCallback;
  readonly 'suno.upload-extension': SunoUploadExtensionCallback;
  readonly 'suno.replacement': SunoReplacementCallback;
  readonly 'suno.sounds': SunoSoundsCallback;
  readonly 'suno.instrumental': SunoInstrumentalCallback;
  readonly 'suno.vocals': SunoVocalsCallback;
  readonly 'suno.mashup': SunoMashupCallback;
  readonly 'suno.lyrics': SunoLyricsCallback;
  readonly 'suno.wav': SunoWavCallback;
  readonly 'suno.video': SunoVideoCallback;
  readonly 'suno.cover-image': SunoCoverImageCallback;
  readonly 'suno.separation': SunoSeparationCallback;
  readonly 'suno.midi': SunoMidiCallback;
  readonly 'veo.4k': Veo4KCallback;
  readonly 'veo.generate': VeoGenerateCallback;
  readonly 'veo.extend': VeoExtendCallback;
}
