/**
 * Promises whose jobs the simulation runs: `await` becomes `then` when an image is prepared for simulation, so that
 * these are all the promises there are. The order of jobs is ECMAScript's; a rejection that nobody handles is known
 * the moment the jobs have run dry, which a native promise would only tell the surrounding process, later.
 */

type State = "pending" | "fulfilled" | "rejected";
type Settle = (value: unknown) => void;
interface Reaction {
  readonly fulfilled: Settle;
  readonly rejected: Settle;
}

let jobs: (() => void)[] = [];
const unhandled = new Map<SimulatedPromise<unknown>, unknown>();

/** Adds a job to the end of the queue. */
export function enqueueJob(job: () => void): void {
  jobs.push(job);
}

/** Who looks after the jobs: it hears what they throw and which rejections nobody handles, and may stop them all. */
export interface JobKeeper {
  onError(error: unknown): void;
  isOver(): boolean;
}

/** Runs all jobs, and those that they add, until none is left or it is over. */
export function drainJobs(keeper: JobKeeper) {
  while (jobs.length > 0 || unhandled.size > 0) {
    const batch = jobs;
    jobs = [];
    for (const job of batch) {
      if (keeper.isOver()) return dropJobs();
      try {
        job();
      } catch (error) {
        keeper.onError(error);
      }
    }
    if (jobs.length > 0) continue;
    const errors = [...unhandled.values()];
    unhandled.clear();
    for (const error of errors) keeper.onError(error);
  }
}

/** Forgets everything that was still to be done. */
export function dropJobs(): void {
  jobs = [];
  unhandled.clear();
}

type Executor<T> = (resolve: (value: T | PromiseLike<T>) => void, reject: (reason?: unknown) => void) => void;
type AnyPromise = SimulatedPromise<unknown>;

/** The global `Promise` of a simulated container. */
export class SimulatedPromise<T> implements PromiseLike<T> {
  #state: State = "pending";
  #value: unknown;
  #reactions: Reaction[] = [];
  #isHandled = false;

  constructor(executor: Executor<T>) {
    if (typeof executor !== "function") throw new TypeError(`Promise resolver ${String(executor)} is not a function`);
    const { resolve, reject } = this.#settlers();
    try {
      executor(resolve, reject);
    } catch (error) {
      reject(error);
    }
  }

  /** The two functions of which only the first call counts. */
  #settlers(): { resolve: Settle; reject: Settle } {
    let isResolved = false;
    const once = (settle: Settle) => (value: unknown) => {
      if (isResolved) return;
      isResolved = true;
      settle(value);
    };
    return {
      resolve: once((value) => this.#resolve(value)),
      reject: once((reason) => this.#settle("rejected", reason)),
    };
  }

  #resolve(value: unknown) {
    if (value === this)
      return this.#settle("rejected", new TypeError("Chaining cycle detected for promise #<Promise>"));
    if ((typeof value !== "object" && typeof value !== "function") || value === null) {
      return this.#settle("fulfilled", value);
    }
    let then: unknown;
    try {
      then = (value as { then?: unknown }).then;
    } catch (error) {
      return this.#settle("rejected", error);
    }
    if (typeof then !== "function") return this.#settle("fulfilled", value);
    enqueueJob(() => {
      const { resolve, reject } = this.#settlers();
      try {
        (then as (...settlers: Settle[]) => void).call(value, resolve, reject);
      } catch (error) {
        reject(error);
      }
    });
  }

  #settle(state: State, value: unknown): void {
    this.#state = state;
    this.#value = value;
    if (state === "rejected" && !this.#isHandled) unhandled.set(this as AnyPromise, value);
    const reactions = this.#reactions;
    this.#reactions = [];
    for (const reaction of reactions) this.#react(reaction);
  }

  #react({ fulfilled, rejected }: Reaction): void {
    const react = this.#state === "fulfilled" ? fulfilled : rejected;
    enqueueJob(() => react(this.#value));
  }

  // biome-ignore lint/suspicious/noThenProperty: this is what a promise is
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): SimulatedPromise<A | B> {
    const Made = this.constructor as typeof SimulatedPromise;
    return new Made<A | B>((resolve, reject) => {
      const through = (handler: unknown, otherwise: Settle): Settle => {
        if (typeof handler !== "function") return otherwise;
        return (value) => {
          try {
            resolve(handler(value));
          } catch (error) {
            reject(error);
          }
        };
      };
      const reaction = {
        fulfilled: through(onFulfilled, resolve as Settle),
        rejected: through(onRejected, reject),
      };
      this.#isHandled = true;
      unhandled.delete(this as AnyPromise);
      if (this.#state === "pending") this.#reactions.push(reaction);
      else this.#react(reaction);
    });
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): SimulatedPromise<T | B> {
    return this.then(undefined, onRejected);
  }

  finally(onFinally?: (() => void) | null): SimulatedPromise<T> {
    if (typeof onFinally !== "function") return this.then(onFinally, onFinally);
    return this.then(
      (value) => SimulatedPromise.resolve(onFinally()).then(() => value),
      (reason) =>
        SimulatedPromise.resolve(onFinally()).then(() => {
          throw reason;
        }),
    );
  }

  get [Symbol.toStringTag](): string {
    return "Promise";
  }

  static resolve<T>(value?: T | PromiseLike<T>): SimulatedPromise<T> {
    // biome-ignore lint/complexity/noThisInStatic: subclasses make promises of their own kind
    if (value instanceof SimulatedPromise && value.constructor === this) return value;
    return new this((resolve) => resolve(value as T));
  }

  static reject(reason?: unknown): AnyPromise {
    return new this((_resolve, reject) => reject(reason));
  }

  static withResolvers<T>(): { promise: SimulatedPromise<T>; resolve: Settle; reject: Settle } {
    let resolve: Settle = () => {};
    let reject: Settle = () => {};
    const promise = new this<T>((...settlers) => {
      [resolve, reject] = settlers as [Settle, Settle];
    });
    return { promise, resolve, reject };
  }

  static all(items: Iterable<unknown>): AnyPromise {
    return gather(items, (values, { resolve, reject, isLast }) => ({
      fulfilled: (value, index) => {
        values[index] = value;
        if (isLast()) resolve(values);
      },
      rejected: reject,
      none: () => resolve(values),
    }));
  }

  static allSettled(items: Iterable<unknown>): AnyPromise {
    return gather(items, (values, { resolve, isLast }) => {
      const keep = (result: object, index: number) => {
        values[index] = result;
        if (isLast()) resolve(values);
      };
      return {
        fulfilled: (value, index) => keep({ status: "fulfilled", value }, index),
        rejected: (reason, index) => keep({ status: "rejected", reason }, index),
        none: () => resolve(values),
      };
    });
  }

  static any(items: Iterable<unknown>): AnyPromise {
    return gather(items, (errors, { resolve, reject, isLast }) => {
      const fail = () => reject(new AggregateError(errors, "All promises were rejected"));
      return {
        fulfilled: resolve,
        rejected: (reason, index) => {
          errors[index] = reason;
          if (isLast()) fail();
        },
        none: fail,
      };
    });
  }

  static race(items: Iterable<unknown>): AnyPromise {
    return gather(items, (_values, { resolve, reject }) => ({ fulfilled: resolve, rejected: reject, none: () => {} }));
  }
}

interface Gathering {
  readonly resolve: Settle;
  readonly reject: Settle;
  /** Counts one more as settled. */
  readonly isLast: () => boolean;
}

interface Outcome {
  readonly fulfilled: (value: unknown, index: number) => void;
  readonly rejected: (reason: unknown, index: number) => void;
  readonly none: () => void;
}

function gather(items: Iterable<unknown>, make: (values: unknown[], gathering: Gathering) => Outcome): AnyPromise {
  return new SimulatedPromise<unknown>((resolve, reject) => {
    const all = [...items];
    let left = all.length;
    const outcome = make([], { resolve, reject, isLast: () => --left === 0 });
    if (all.length === 0) outcome.none();
    for (const [index, item] of all.entries()) {
      SimulatedPromise.resolve(item).then(
        (value) => outcome.fulfilled(value, index),
        (reason) => outcome.rejected(reason, index),
      );
    }
  });
}

Object.defineProperty(SimulatedPromise, "name", { value: "Promise" });
