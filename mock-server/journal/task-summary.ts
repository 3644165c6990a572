import { outcomeName } from '../core/outcome-name.ts';
import type { Plan, Step } from '../core/types.ts';
import { type Presented, present } from './iso-times.ts';
import type { TaskRecord } from './stored-task.ts';
import { type DeliveryReport, type ReportOptions, reportDeliveries } from './task-report.ts';

/** One request for a media file of a task. */
export interface TaskDownload {
  readonly at: number;
  readonly name: string;
  readonly status: number | null;
}

/** A task in short: its course and its deliveries, without its request. Times are ISO 8601. */
export interface TaskSummary {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly pack: string;
  readonly kind: string;
  readonly account: string;
  readonly scenario: string;
  /** The beginning of its prompt; empty without one. */
  readonly prompt: string;
  readonly submittedAt: string;
  /** All states of its plan. */
  readonly steps: Presented<readonly Step[]>;
  /** The number of states that the journal has announced. */
  readonly reached: number;
  /** The outcome of the plan. */
  readonly outcome: string;
  readonly mediaExpiresAt: string | null;
  readonly deliveries: readonly DeliveryReport[];
  readonly downloads: Presented<readonly TaskDownload[]>;
}

export interface SummaryOptions extends Omit<ReportOptions, 'now'> {
  readonly prompt: string;
  readonly downloads: readonly TaskDownload[];
}

/** A prompt can be a megabyte long. */
const PROMPT_LENGTH = 200;

/** Returns a task in short. @param plan the task's own: reading it from the task takes time */
export function summarizeTask(task: TaskRecord, plan: Plan, options: SummaryOptions): TaskSummary {
  const { secrets, prompt, downloads } = options;
  const { mediaExpiresAt } = plan;
  return {
    id: plan.taskId,
    aliases: (plan.aliases ?? []).map((alias) => secrets.maskText(alias)),
    pack: plan.pack,
    kind: plan.kind,
    account: plan.account,
    scenario: plan.scenario.name,
    prompt: secrets.maskText(prompt.slice(0, 2 * PROMPT_LENGTH)).slice(0, PROMPT_LENGTH),
    submittedAt: new Date(plan.submittedAt).toISOString(),
    steps: present(plan.steps),
    reached: task.announced,
    outcome: outcomeName(plan.outcome),
    mediaExpiresAt: mediaExpiresAt === null ? null : new Date(mediaExpiresAt).toISOString(),
    deliveries: reportDeliveries(task, plan, options),
    downloads: present(downloads),
  };
}
