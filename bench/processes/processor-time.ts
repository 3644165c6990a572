/** Returns the processor time of this process in milliseconds, including all threads and the kernel. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
