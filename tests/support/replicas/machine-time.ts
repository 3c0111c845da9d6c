/**
 * Milliseconds on the one clock that all processes of a machine share, and that nobody steps: a test's history is in it. It
 * goes on while a process is stopped.
 */
export function machineMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The machine's wall clock, which is that of a store here, minus this one. The wall is read in whole milliseconds: waits for the next. */
export function wallAheadMs(): number {
  let wall = Date.now();
  const before = wall;
  while (wall === before) wall = Date.now();
  return wall - machineMs();
}
