/** Milliseconds that processors have worked for this process so far, all of its threads and the kernel included. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
