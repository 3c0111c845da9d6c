/** A call that is answered once. */
import type { SimulatedProcess } from "./process.ts";
import { ServedCall, type Service } from "./served-call.ts";

export interface SimulatedAnswer {
  /** The call's number at the provider, 1 for the first. */
  readonly id: number;
}

export class UnaryCall extends ServedCall {
  protected readonly reject: (error: unknown) => void;
  readonly #resolve: (answer: SimulatedAnswer) => void;

  constructor(
    service: Service,
    process: SimulatedProcess,
    resolve: (answer: SimulatedAnswer) => void,
    reject: (error: unknown) => void,
  ) {
    super(service, process);
    this.#resolve = resolve;
    this.reject = reject;
  }

  serve(): void {
    this.after(this.answerMs, () => {
      this.finish("ok");
      if (this.process.state === "running") this.#resolve({ id: this.id });
      else this.process.deliver(() => this.#resolve({ id: this.id }));
    });
  }
}
