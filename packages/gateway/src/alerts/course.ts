/**
 * When what happens to circuits is worth a message, and whose it is to send.
 *
 * A trip is told at once, and so is the close after it. A circuit that trips again within the interval is flapping: from then on
 * there is one message at the end of each interval, with the count, until an interval passes in which nothing happened.
 *
 * Each replica of a store hears of each change, and one of them made it. That one speaks: of a change told at once, the replica
 * that made it; of several told as one, the replica that made the last. So all come to the same answer without asking each other,
 * but for a change that is on its way to the others just as an interval ends: that interval may be told of twice.
 */
import type { TransitionEvent } from "recloser";
import type { Alert } from "./alert.ts";

interface Course {
  isOpen: boolean;
  /** Runs as long as the interval does; null: quiet. */
  timer: NodeJS.Timeout | null;
  isFlapping: boolean;
  /** Not yet told. */
  held: { trips: number; last: TransitionEvent } | null;
}

export interface CoursesOptions {
  readonly intervalMs: number;
  readonly send: (alert: Alert) => void;
  /** Whether the store is away, so that the circuits of this process are all there is. */
  readonly isAlone: () => boolean;
}

export class Courses {
  readonly #courses = new Map<string, Course>();
  readonly #options: CoursesOptions;

  constructor(options: CoursesOptions) {
    this.#options = options;
  }

  heard(event: TransitionEvent): void {
    const hasTripped = event.to === "open" && event.from === "closed";
    // A probe that begins or fails is no news: the circuit was not closed before, and is not.
    if (!hasTripped && event.to !== "closed") return;
    const id = `${event.scope} ${event.key}`;
    const known = this.#courses.get(id);
    // Beside a store that answers, the shared circuit says the same.
    if (event.scope === "local" && known === undefined && !this.#options.isAlone()) return;
    if (known === undefined && !hasTripped) return this.#say("closed", event);
    const course = known ?? { isOpen: false, timer: null, isFlapping: false, held: null };
    this.#courses.set(id, course);
    course.isOpen = hasTripped;
    this.#heard(id, course, event, hasTripped);
  }

  /** Nothing is told any more. */
  close(): void {
    for (const { timer } of this.#courses.values()) if (timer !== null) clearTimeout(timer);
    this.#courses.clear();
  }

  #heard(id: string, course: Course, event: TransitionEvent, hasTripped: boolean): void {
    if (course.timer === null) {
      this.#say(hasTripped ? "opened" : "closed", event);
      if (hasTripped) this.#begin(id, course);
      else this.#courses.delete(id);
      return;
    }
    if (!hasTripped && !course.isFlapping && course.held === null) return this.#say("closed", event);
    const trips = (course.held?.trips ?? 0) + (hasTripped ? 1 : 0);
    course.held = { trips, last: event };
  }

  #begin(id: string, course: Course): void {
    course.timer = setTimeout(() => this.#due(id, course), this.#options.intervalMs);
    course.timer.unref();
  }

  #due(id: string, course: Course): void {
    const { held } = course;
    if (held === null) {
      course.timer = null;
      course.isFlapping = false;
      if (!course.isOpen) this.#courses.delete(id);
      return;
    }
    course.held = null;
    course.isFlapping = true;
    // Only the close of what was told already: nothing flapped in this interval.
    if (held.trips === 0) this.#say("closed", held.last);
    else this.#say("flapping", held.last, held.trips);
    this.#begin(id, course);
  }

  #say(kind: Alert["kind"], last: TransitionEvent, trips = 1): void {
    if (last.origin === "local") this.#options.send({ kind, last, trips, intervalMs: this.#options.intervalMs });
  }
}
