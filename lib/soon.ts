/**
 * A value, or the promise of one. For what is nearly always there at once: each promise, and each function that waits
 * for one, takes as long as reading the value that it is about.
 */
export type Soon<Value> = Value | Promise<Value>;

/** Goes on with a value: at once where it is there, later where it is promised. */
export function whenThere<Value, Result>(value: Soon<Value>, next: (value: Value) => Soon<Result>): Soon<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
