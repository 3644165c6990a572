import { useEffect, useRef, useState } from 'preact/hooks';
import { admin } from '../api.ts';
import { lanes, version } from '../live.ts';
import { createPace, type Pace } from '../model/pace.ts';
import type { OpenedReport } from './is-report.ts';

export interface JudgedClients {
  /** Null before the first answer. */
  readonly report: OpenedReport | null;
  readonly problem: string;
}

/** Asks for verdicts about clients after news, at a pace that leaves the mock its time. @param key of the client; empty for all */
export function useVerdicts(key: string): JudgedClients {
  const [verdicts, setVerdicts] = useState<JudgedClients>({ report: null, problem: '' });
  const pace = useRef<Pace | null>(null);
  const wanted = useRef(key);
  wanted.current = key;
  useEffect(() => {
    const call = async (): Promise<void> => {
      const asked = wanted.current;
      const query = asked === '' ? '' : `?apiKey=${encodeURIComponent(asked)}`;
      try {
        const report = await admin<OpenedReport>('GET', `verdicts${query}`);
        if (asked === wanted.current) setVerdicts({ report, problem: '' });
      } catch (error) {
        setVerdicts(({ report }) => ({ report, problem: (error as Error).message }));
      }
    };
    const created = createPace({ call, now: () => performance.now(), later: setTimeout });
    pace.current = created;
    return () => created.stop();
  }, []);
  const _version = version.value;
  useEffect(() => pace.current?.note(lanes.seq));
  useEffect(() => pace.current?.renew(), [key]);
  return verdicts;
}
