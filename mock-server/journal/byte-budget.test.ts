import { describe, expect, it } from 'vitest';
import { bytesOfText, createByteBudget, LONG_TEXT } from './byte-budget.ts';

const TEXT = 'x'.repeat(LONG_TEXT);

describe('the byte budget', () => {
  it('counts a text once for its task, and toward the tasks while they hold it', () => {
    const budget = createByteBudget(100_000);
    budget.keepText('journal', 'a', TEXT);
    budget.keepText('journal', 'a', `${TEXT}`);
    expect([budget.used('journal'), budget.used('tasks')]).toEqual([LONG_TEXT, 0]);
    budget.keepText('tasks', 'a', TEXT);
    expect([budget.used('journal'), budget.used('tasks')]).toEqual([0, LONG_TEXT]);
    budget.dropText('tasks', 'a', TEXT);
    budget.dropText('journal', 'a', TEXT);
    expect([budget.used('journal'), budget.used('tasks')]).toEqual([LONG_TEXT, 0]);
    budget.dropText('journal', 'a', TEXT);
    expect(budget.used('journal')).toBe(0);
  });

  it('leaves the journal what tasks do not need, at least a quarter', () => {
    const budget = createByteBudget(1000);
    expect(budget.journalLimit).toBe(500);
    budget.charge('tasks', 600);
    expect(budget.journalLimit).toBe(400);
    budget.charge('tasks', 300);
    expect(budget.journalLimit).toBe(250);
  });

  it('passes texts to the journal when all tasks are released', () => {
    const budget = createByteBudget(100_000);
    budget.keepText('journal', 'a', TEXT);
    budget.keepText('tasks', 'a', TEXT);
    budget.keepText('tasks', 'b', TEXT);
    budget.charge('tasks', 70);
    budget.releaseTasks();
    expect([budget.used('journal'), budget.used('tasks')]).toEqual([LONG_TEXT, 0]);
  });

  it('counts two bytes per character only beyond Latin-1', () => {
    expect(bytesOfText(TEXT)).toBe(LONG_TEXT);
    expect(bytesOfText(`${TEXT}€`)).toBe(2 * (LONG_TEXT + 1));
  });
});
