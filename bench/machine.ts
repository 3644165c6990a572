import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** The machine and time of a measurement, without which its numbers mean little. */
export interface Machine {
  readonly date: string;
  readonly node: string;
  readonly platform: string;
  readonly cores: number;
  readonly processor: string;
  readonly memoryMb: number;
  /** Load average of the minute before; a value well above 0 means that other processes used the machine. */
  readonly load: number;
}

export function readMachine(): Machine {
  return {
    date: new Date().toISOString(),
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryMb: Math.round(totalmem() / 2 ** 20),
    load: loadavg()[0] ?? 0,
  };
}

export function describeMachine({ date, node, platform, cores, processor, memoryMb, load }: Machine): string {
  const memory = `${(memoryMb / 1024).toFixed(1)} GB`;
  const size = `${cores} cores (${processor}), ${memory} memory`;
  return `${date}, Node ${node}, ${platform}, ${size}, load before ${load.toFixed(1)}`;
}
