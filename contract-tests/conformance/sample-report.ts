import {
  type CaseReport,
  type Source,
  type SuiteReport,
  summarize,
  type TimelineEntry,
  type Verdict,
  worstOf,
} from '../report.ts';
import type { PayloadReport } from '../reporters/payload-report.ts';

/**
 * Sample reports for the tests of reporters: a run with every status, and texts that a page or a terminal must not
 * interpret.
 */

export const HOSTILE = `<script>alert("1")</script> & 'x' ]]> \u001b[2J\u0000\u202e\u007f\u009b\u2028\u200b\ufeff <img src=x onerror=alert(1)>`;

const SEE_MORE =
  'No media was downloaded from the mock and no probe is set: let the receiver download the media, or set --probe.';

type CaseDraft = Partial<Omit<CaseReport, 'id' | 'status'>>;

/** Builds a case that passed, unless the draft overrides it; its status follows from its verdicts. */
export function sampleCase(id: string, draft: CaseDraft = {}): CaseReport {
  const verdicts = draft.verdicts ?? {
    ack: passed('HTTP 200 within 1000 ms', 'HTTP 200 after 4 ms'),
    effect: passed('the task is processed once', 'once'),
  };
  return {
    id,
    group: 'Acknowledgement',
    title: 'A success is acknowledged',
    level: 'must',
    requirement: 'The receiver MUST answer a success with HTTP 200 within the ack timeout.',
    why: 'An unacknowledged callback is retried three times and then abandoned.',
    remedy: 'Answer 200 before processing the task.',
    sources: [sampleSource('AI Video Extension Callbacks')],
    stimulus: 'a success',
    timeline: [attempt(2, 4), download(9, 'video.mp4', 21), download(11, 'cover.png', 7)],
    replay: `stuntdouble verify receiver http://127.0.0.1:3000/callback --event runway.generate --only ${id}`,
    durationMs: 412,
    ...draft,
    verdicts,
    status: worstOf(Object.values(verdicts).map(({ status }) => status)),
  };
}

export function sampleReport(cases: readonly CaseReport[], draft: Partial<SuiteReport> = {}): SuiteReport {
  return {
    suite: 'receiver',
    version: '0.1.0',
    target: 'http://127.0.0.1:3000/callback',
    pack: 'runway',
    profile: 'documented',
    event: 'runway.generate',
    seed: '1',
    startedAt: '2026-11-21T09:30:00.000Z',
    durationMs: 4210,
    channels: { ack: true, media: true, probe: false, api: false },
    settings: { ackTimeout: '1 s', settle: '250 ms', fastAck: '2 s' },
    notes: ['In production the callback URL should begin with https://.'],
    headlines: [],
    inconclusive: null,
    ...draft,
    cases,
    summary: summarize(cases),
  };
}

/** A receiver with faults: every status, in several groups. */
export function everyStatus(): SuiteReport {
  return sampleReport([
    sampleCase('RCV-ACK-01'),
    sampleCase('RCV-ACK-02', { title: 'A failure of the client is acknowledged like a success' }),
    sampleCase('RCV-ACK-04', {
      title: 'The answer is exactly 200 and not a redirect',
      stimulus: 'a success',
      verdicts: {
        ack: verdict('non-strict', 'HTTP 200 within 1000 ms', 'HTTP 202 after 3 ms'),
        effect: passed('the task is processed once', 'once'),
      },
    }),
    sampleCase('RCV-TIM-01', {
      group: 'Timing',
      title: 'The answer does not wait for a slow download',
      requirement:
        'The receiver MUST answer within the ack timeout even when the media arrives a few bytes at a time.',
      why: 'A slow download exceeds the ack timeout: the callback counts as failed and is retried while the first download is still running.',
      remedy: 'Answer first, then queue the download.',
      stimulus: 'a success with media that take a minute',
      verdicts: { ack: failed('HTTP 200 within 1000 ms', 'timeout after 1001 ms') },
      timeline: [
        { ...attempt(3, 1001, 'callback 1 → timeout'), isBad: true },
        download(8, 'video.mp4', 1240, 'HTTP 200, incomplete'),
        note(1260, 'the case ended before the download'),
      ],
      durationMs: 1302,
    }),
    sampleCase('RCV-TIM-04', {
      group: 'Timing',
      title: 'Fifty callbacks at once are all acknowledged',
      level: 'should',
      timeline: crowd(),
      stimulus: 'fifty successes of different tasks at the same time',
    }),
    ...effectCases(),
    sampleCase('RCV-FAIL-01', {
      group: 'Failures',
      title: 'Documented failures are distinguished',
      sources: [
        sampleSource('AI Video Generation Callbacks'),
        { ...sampleSource(null), pack: null, grade: 'derived', fact: 'Deliveries happen at least once.' },
      ],
      verdicts: {
        ack: passed('HTTP 200 within 1000 ms, 6 times', 'HTTP 200 after 2 ms'),
        effect: {
          ...unseen('class moderation for nsfw', 'Set --probe and include "class" in its answer.'),
          level: 'should',
        },
      },
    }),
    sampleCase('RCV-SEC-01', {
      group: 'Security',
      title: 'Signatures are checked',
      stimulus: '',
      timeline: [],
      durationMs: 0,
      verdicts: {
        ack: verdict(
          'not-applicable',
          'a bad signature is rejected',
          'callbacks are not signed: set --secret',
        ),
      },
    }),
  ]);
}

function effectCases(): CaseReport[] {
  const group = 'Idempotency';
  const once = 'the task is processed once';
  return [
    sampleCase('RCV-IDM-01', {
      group,
      title: 'A duplicate callback is processed once',
      requirement:
        'The same callback may arrive more than once; the receiver MUST acknowledge each one and process the task once.',
      why: 'One video causes two downloads, two emails, and two charges.',
      remedy: 'Store the task id before processing, and acknowledge ids that are already stored.',
      stimulus: 'the same callback twice, one after the other',
      verdicts: {
        ack: passed('HTTP 200 within 1000 ms, 2 times', 'HTTP 200 after 3 ms'),
        effect: failed(once, '5f0cbd7a-2b1e-4c6f-8a4d-3d1f0b9e7c55: 2 times'),
      },
      timeline: [
        attempt(2, 5),
        download(9, 'video.mp4', 22),
        download(12, 'cover.png', 8),
        attempt(290, 3, 'callback 2 → HTTP 200'),
        download(296, 'video.mp4', 19),
        download(299, 'cover.png', 6),
        { atMs: 560, durationMs: 2, kind: 'call', text: 'GET /api/v1/tasks → HTTP 200', isBad: false },
      ],
    }),
    sampleCase('RCV-IDM-05', {
      group,
      level: 'should',
      title: 'A task is identified by its id, not by the bytes of its callback',
      verdicts: {
        ack: passed('HTTP 200 within 1000 ms, 2 times', 'HTTP 200 after 3 ms'),
        effect: failed(once, '2 times'),
      },
    }),
    sampleCase('RCV-IDM-06', {
      group,
      level: 'should',
      title: 'Processed tasks are remembered after a restart',
      verdicts: { ack: passed('HTTP 200', 'HTTP 200 after 3 ms'), effect: unseen(once, SEE_MORE) },
    }),
    sampleCase('RCV-IDM-07', {
      group,
      title: 'Two identical tasks are processed separately',
      verdicts: { ack: passed('HTTP 200', 'HTTP 200 after 3 ms'), effect: unseen(once, SEE_MORE) },
    }),
  ];
}

/** Hostile content in every untrusted text. */
export function hostile(): SuiteReport {
  const bad = sampleCase(`RCV-${HOSTILE}`, {
    group: HOSTILE,
    title: HOSTILE,
    requirement: HOSTILE,
    why: HOSTILE,
    remedy: HOSTILE,
    sources: [sampleSource(HOSTILE)],
    stimulus: HOSTILE,
    verdicts: { [HOSTILE]: failed(HOSTILE, HOSTILE) },
    timeline: [{ ...note(5, HOSTILE), isBad: true }],
    replay: HOSTILE,
  });
  return sampleReport(
    [bad, { ...bad, id: 'RCV-2', status: 'not-observable', verdicts: { ack: unseen(HOSTILE, HOSTILE) } }],
    {
      target: HOSTILE,
      pack: HOSTILE,
      profile: HOSTILE,
      event: HOSTILE,
      seed: HOSTILE,
      version: HOSTILE,
      channels: { [HOSTILE]: true },
      settings: { [HOSTILE]: HOSTILE },
      notes: [HOSTILE],
      headlines: [{ text: HOSTILE, remedy: HOSTILE }],
      inconclusive: HOSTILE,
    },
  );
}

/** A run without any observable verdict. */
export function nothingJudged(): SuiteReport {
  return sampleReport([
    sampleCase('RCV-IDM-05', { verdicts: { effect: unseen('once', SEE_MORE) } }),
    sampleCase('RCV-IDM-07', { verdicts: { effect: unseen('once', SEE_MORE) } }),
    sampleCase('RCV-SEC-01', {
      verdicts: { ack: verdict('not-applicable', 'refused', 'callbacks are not signed: set --secret') },
    }),
  ]);
}

/** A run with a finding that explains all others. */
export function explained(): SuiteReport {
  return sampleReport(everyStatus().cases, {
    headlines: [
      {
        text: 'The first good callback was answered with HTTP 401: "missing signature".',
        remedy: 'Set the key with --secret.',
      },
    ],
  });
}

/** An inconclusive run. */
export function inconclusive(): SuiteReport {
  return sampleReport([sampleCase('RCV-ACK-01')], {
    inconclusive: 'The URL accepts everything and no effect was observed.',
  });
}

/** A receiver that passes every case. */
export function allPassed(): SuiteReport {
  const { cases } = everyStatus();
  return sampleReport(
    cases.map(({ id, verdicts: _verdicts, status: _status, ...facts }) => sampleCase(id, facts)),
    { target: 'https://callbacks.example.com/hooks/video-tasks/finished', notes: [] },
  );
}

function verdict(status: Verdict['status'], expected: string, actual: string): Verdict {
  return { status, expected, actual };
}

function passed(expected: string, actual: string): Verdict {
  return verdict('passed', expected, actual);
}

function failed(expected: string, actual: string): Verdict {
  return verdict('failed', expected, actual);
}

function unseen(expected: string, actual: string): Verdict {
  return verdict('not-observable', expected, actual);
}

function attempt(atMs: number, durationMs: number, text = 'callback 1 → HTTP 200'): TimelineEntry {
  return { atMs, durationMs, kind: 'attempt', text, isBad: false };
}

function download(atMs: number, name: string, durationMs: number, result = 'HTTP 200'): TimelineEntry {
  return { atMs, durationMs, kind: 'download', text: `GET ${name} → ${result}`, isBad: false };
}

function note(atMs: number, text: string): TimelineEntry {
  return { atMs, durationMs: 0, kind: 'note', text, isBad: false };
}

function crowd(): TimelineEntry[] {
  return Array.from({ length: 50 }, (_, index) => index).flatMap((index) => [
    attempt(index % 7, 30 + ((index * 13) % 90), `callback ${index + 1} → HTTP 200`),
    download(40 + index * 3, 'video.mp4', 12 + (index % 5)),
  ]);
}

/** A documented fact on a page with one heading. */
export function sampleSource(page: string | null): Source {
  return {
    pack: 'runway',
    page,
    heading: page === null ? null : 'Callback Timing',
    grade: 'documented',
    fact: 'The receiver has 15 seconds, and HTTP 200 alone acknowledges.',
  };
}

/** A report on two captured messages; the second one is invalid, with characters that have a meaning in the formats. */
export function samplePayloadReport(): PayloadReport {
  return {
    version: '1.2.3',
    subject: 'runway.generate',
    file: 'captured/callbacks.jsonl',
    startedAt: '2026-02-03T04:05:06.789Z',
    messages: [
      { line: 1, problems: [], pages: ['Callbacks of videos'] },
      {
        line: 3,
        problems: [
          { at: '/code', message: 'must be a number, got "4<0>0"' },
          { at: '/data/{x}', message: 'is [missing]' },
        ],
        pages: ['Callbacks of videos'],
      },
    ],
  };
}
