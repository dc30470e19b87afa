import { SimulatedDomException } from "./events.ts";

/** `structuredClone` of a simulated container, for all that a module can make there. */
export function cloneValue<Value>(value: Value): Value {
  return clone(value, new Map()) as Value;
}

function clone(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === "function" || typeof value === "symbol") {
    throw new SimulatedDomException(`${String(value)} could not be cloned.`, "DataCloneError");
  }
  if (typeof value !== "object" || value === null) return value;
  const found = seen.get(value);
  if (found !== undefined) return found;
  const keep = <Made extends object>(made: Made): Made => {
    seen.set(value, made);
    return made;
  };
  const inner = (each: unknown) => clone(each, seen);
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof ArrayBuffer) return keep(value.slice(0));
  if (ArrayBuffer.isView(value)) {
    const buffer = inner(value.buffer) as ArrayBuffer;
    const length = "length" in value ? (value as unknown as { length: number }).length : value.byteLength;
    return keep(Reflect.construct(value.constructor, [buffer, value.byteOffset, length]) as object);
  }
  if (value instanceof Map) {
    const made = keep(new Map());
    for (const [key, each] of value) made.set(inner(key), inner(each));
    return made;
  }
  if (value instanceof Set) {
    const made = keep(new Set());
    for (const each of value) made.add(inner(each));
    return made;
  }
  if (value instanceof Error) {
    const made = keep(new Error(value.message));
    const cause = value.cause === undefined ? {} : { cause: inner(value.cause) };
    return Object.defineProperties(made, {
      name: { value: value.name, configurable: true, writable: true },
      stack: { value: value.stack, configurable: true, writable: true },
      ...Object.fromEntries(Object.entries(cause).map(([key, each]) => [key, { value: each, configurable: true }])),
    });
  }
  const made = keep((Array.isArray(value) ? new Array(value.length) : {}) as Record<string, unknown>);
  for (const [key, each] of Object.entries(value)) made[key] = inner(each);
  return made;
}
