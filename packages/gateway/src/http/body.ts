/** Reads a request's body whole, up to a limit: what decides where a request goes may stand at its end. */
import type { IncomingMessage } from "node:http";
import { totalmem } from "node:os";
import { Refusal } from "./refusal.ts";

// A chunk of one byte takes a hundred times as much: so many of them are made one.
const MOST_PIECES = 256;

/** How many bytes of bodies are held at a time, over all requests. */
export class BodyRoom {
  readonly #most: number;
  #taken = 0;

  /** @param most bytes */
  constructor(most: number = aQuarterOfMemory()) {
    this.#most = most;
  }

  get takenBytes(): number {
    return this.#taken;
  }

  /** False where there is no room for it. */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#most) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}

function aQuarterOfMemory(): number {
  // Of what a container may have, where there is such a limit; some kernels tell a number without meaning for none.
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = totalmem();
  return Math.floor((constrained > 0 && constrained < total ? constrained : total) / 4);
}

/** One request's part of the room. */
export class BodyShare {
  readonly #room: BodyRoom;
  #taken = 0;

  constructor(room: BodyRoom) {
    this.#room = room;
  }

  take(bytes: number): boolean {
    if (!this.#room.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  /** Idempotent. */
  giveBack(): void {
    this.#room.giveBack(this.#taken);
    this.#taken = 0;
  }
}

/**
 * @param most bytes; a longer body is refused before it is read where its length is told, else as soon as it is passed
 * @param share given back by the caller of this, when the body is needed no more
 * @throws Refusal 413, 503 where there is no room for it; an Error when the caller leaves before its end
 */
export function readBody(request: IncomingMessage, most: number, share: BodyShare): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > most) return Promise.reject(tooLarge(most));
  // While something else was waited for: then nothing tells of it any more.
  if (request.destroyed && !request.readableEnded) return Promise.reject(callerLeft());
  return new Promise((resolve, reject) => {
    const whole: Buffer[] = [];
    const pieces: Buffer[] = [];
    let size = 0;
    const refuse = (refusal: Refusal): void => {
      whole.length = pieces.length = 0;
      // Whoever answers reads the rest away, so that the answer is not lost with the connection.
      request.off("data", take);
      reject(refusal);
    };
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > most) return refuse(tooLarge(most));
      if (!share.take(chunk.length)) return refuse(noRoom());
      if (pieces.push(chunk) < MOST_PIECES) return;
      whole.push(Buffer.concat(pieces));
      pieces.length = 0;
    };
    request.on("data", take);
    request.on("end", () => {
      const all = [...whole, ...pieces];
      resolve(all.length === 1 ? (all[0] as Buffer) : Buffer.concat(all, size));
    });
    request.on("error", reject);
    // It closes after its end, too: then no error is made for nobody.
    request.on("close", () => {
      if (!request.readableEnded) reject(callerLeft());
    });
  });
}

function callerLeft(): Error {
  return new Error("the caller left before its request had come");
}

function tooLarge(most: number): Refusal {
  return new Refusal(413, "body_too_large", `the body is larger than ${most} bytes`);
}

function noRoom(): Refusal {
  const message = "the bodies of the requests under way are all that the gateway can hold";
  return new Refusal(503, "no_room_for_body", message, { headers: { "retry-after": "1" } });
}
