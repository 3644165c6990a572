import { adminText } from '../api.ts';

/** More tasks do not fit into one page. */
export const MOST_SAVED = 500;

/** Saves a task as a static page. */
export async function saveTask(taskId: string): Promise<void> {
  const text = await adminText('GET', `tasks/${encodeURIComponent(taskId)}/report.html`);
  saveFile(`task-${fileName(taskId)}.html`, text);
}

/** Saves several tasks as one static page. @param about what they have in common */
export async function saveTasks(taskIds: readonly string[], about: string): Promise<void> {
  const text = await adminText('POST', 'report.html', { taskIds: taskIds.slice(0, MOST_SAVED), about });
  saveFile('tasks.html', text);
}

/** Ids may be paths. */
function fileName(taskId: string): string {
  return taskId.replaceAll(/[^\w-]+/g, '-').slice(0, 40);
}

function saveFile(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/html' }));
  link.download = name;
  link.click();
  // The browser has the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
