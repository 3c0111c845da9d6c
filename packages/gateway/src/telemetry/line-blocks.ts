/**
 * Lines gathered into blocks, each one write. pino's own destination is not used for it: where whoever read the log has gone,
 * its last write at the process's end is tried again for ever (sonic-boom 4.2, flushSync).
 */
import { write, writeSync } from "node:fs";

export interface BlockSizes {
  /** A block is written when it has so many characters. A longer line is a block of its own. */
  readonly most: number;
  /** What is there is written so often. */
  readonly everyMs: number;
  /** Of a reader who has stopped: further lines are lost rather than kept for ever. */
  readonly mostWaiting: number;
}

// At the end of the process: so often a full pipe is tried again, and so long waited in between.
const LAST_TRIES = 20;
const LAST_WAIT_MS = 5;

export class LineBlocks {
  readonly #fd: number;
  readonly #sizes: BlockSizes;
  #lines = "";
  // Of a block that was written in part.
  #rest: Buffer | null = null;
  #isWriting = false;
  #isGone = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(fd: number, sizes: BlockSizes) {
    this.#fd = fd;
    this.#sizes = sizes;
  }

  write(line: string): void {
    const { most, mostWaiting, everyMs } = this.#sizes;
    if (this.#isGone || this.#lines.length + line.length > mostWaiting) return;
    this.#lines += line;
    if (this.#lines.length >= most) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), everyMs).unref();
  }

  /** What is left, before the process ends; whoever reads has little time for it. */
  end(): void {
    for (let tries = 0; tries < LAST_TRIES;) {
      const block = this.#isGone ? null : this.#next();
      if (block === null) return;
      try {
        const written = writeSync(this.#fd, block);
        this.#rest = written < block.length ? block.subarray(written) : null;
      } catch (error) {
        this.#failed(error as NodeJS.ErrnoException, block);
        tries++;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LAST_WAIT_MS);
      }
    }
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isWriting) return;
    const block = this.#next();
    if (block === null) return;
    this.#isWriting = true;
    write(this.#fd, block, (error, written) => {
      this.#isWriting = false;
      if (error !== null) this.#failed(error, block);
      else if (written < block.length) this.#rest = block.subarray(written);
      if (this.#isGone || (this.#rest === null && this.#lines === "")) return;
      if (error === null && this.#lines.length >= this.#sizes.most) this.#flush();
      else this.#timer ??= setTimeout(() => this.#flush(), this.#sizes.everyMs).unref();
    });
  }

  #next(): Buffer | null {
    const rest = this.#rest;
    this.#rest = null;
    if (rest !== null) return rest;
    if (this.#lines === "") return null;
    const { most } = this.#sizes;
    const within = this.#lines.length <= most ? this.#lines.length : this.#lines.lastIndexOf("\n", most - 1) + 1;
    const end = within > 0 ? within : this.#lines.indexOf("\n") + 1;
    const block = Buffer.from(this.#lines.slice(0, end));
    this.#lines = this.#lines.slice(end);
    return block;
  }

  // A pipe that is full is tried again. Any other error is one that stays, such as a reader who has gone.
  #failed({ code }: NodeJS.ErrnoException, block: Buffer): void {
    if (code === "EAGAIN" || code === "EBUSY") this.#rest = block;
    else {
      this.#isGone = true;
      this.#lines = "";
    }
  }
}
