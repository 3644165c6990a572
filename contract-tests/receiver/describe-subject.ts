import { findCallbackShape } from './callback-shape.ts';
import type { Observations } from './observations.ts';
import type { ReceiverSettings } from './receiver-settings.ts';
import { collectSamples } from './sample-bodies.ts';
import type { Subject } from './subject.ts';

/** Describes the receiver from the settings and the pack, before the first request. */
export async function describeSubject(
  settings: ReceiverSettings,
  observations: Pick<Observations, 'sawDownloads' | 'sawMediaRequests'>,
): Promise<Subject> {
  const { url, pack, event, secret, ackTimeoutMs, fastAckMs, downloadWithinMs, pollWithinMs, realGaps } =
    settings;
  const { bodies, failures, listProfile } = await collectSamples(pack, event, secret);
  return {
    url,
    pack,
    event,
    shape: findCallbackShape(bodies),
    failures,
    ackTimeoutMs,
    fastAckMs,
    downloadWithinMs,
    pollWithinMs,
    get downloads() {
      return observations.sawDownloads;
    },
    get onlyHeads() {
      return observations.sawMediaRequests && !observations.sawDownloads;
    },
    hasProbe: settings.probe !== null,
    canSubmit: settings.submit !== null,
    canRestart: settings.restartCommand !== null || settings.restart !== null,
    realGaps,
    secret,
    nameOption: settings.nameOption,
    listProfile,
  };
}
