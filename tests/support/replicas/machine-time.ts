/**
 * Milliseconds on the one clock that all processes of a machine share, and that nobody steps: a test's history is in it. It
 * goes on while a process is stopped.
 */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
