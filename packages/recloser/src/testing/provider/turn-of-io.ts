/** Lets every socket of this process that has something to read be read, so that what was sent before comes before. */
export async function turnOfIo(): Promise<void> {
  // Two: the first may still be the turn in which the bytes were written.
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}
