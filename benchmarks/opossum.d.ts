// opossum carries no types; these are the few members that the benchmarks and the scoreboard use.
declare module "opossum" {
  interface Options {
    readonly timeout?: number | false;
    readonly errorThresholdPercentage?: number;
    readonly resetTimeout?: number;
    readonly rollingCountTimeout?: number;
    readonly rollingCountBuckets?: number;
    readonly volumeThreshold?: number;
    readonly capacity?: number;
    readonly errorFilter?: (error: unknown) => boolean;
  }
  export default class CircuitBreaker<T, Args extends readonly unknown[] = []> {
    constructor(action: (...args: Args) => Promise<T>, options?: Options);
    readonly closed: boolean;
    readonly halfOpen: boolean;
    fire(...args: Args): Promise<T>;
    fallback(answer: () => T): this;
    open(): void;
    shutdown(): void;
  }
}
