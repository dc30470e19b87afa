/**
 * What came of something that can fail: a value, or a failure. Which of both it is, `ok` says, and only this file sets
 * it: nobody ever has to tell by the looks of a value, which may be of a client's making, whether it is one.
 */
export type Result<Value, Failure> = Ok<Value> | Failed<Failure>;

/** It went well. */
export interface Ok<Value> {
  readonly ok: true;
  readonly value: Value;
}

/** It did not. */
export interface Failed<Failure> {
  readonly ok: false;
  readonly failure: Failure;
}

/** It went well, and this is what came of it. */
export function ok<Value>(value: Value): Ok<Value> {
  return { ok: true, value };
}

/** The same with a value that is made when somebody looks at it. */
export function lazily<Value>(make: () => Value): Ok<Value> {
  return {
    ok: true,
    get value() {
      return make();
    },
  };
}

/** It did not go well, and this is why. */
export function failed<Failure>(failure: Failure): Failed<Failure> {
  return { ok: false, failure };
}
