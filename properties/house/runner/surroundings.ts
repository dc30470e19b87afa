/** What the tests of one file could change under those of another that shares their process, by name. */
export type Surroundings = ReadonlyMap<string, unknown>;

/** Built-in things whose parts somebody may have put others in the place of, to pretend. */
const builtins = [Array, BigInt, Date, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String, Symbol];

/**
 * What aids leave everywhere when they are loaded: those of compilers, tslib and reflect-metadata, which X.509 is made
 * with, and Node's own of fetch.
 */
const aids =
  /^globalThis\.__[a-zA-Z]+$|^Reflect\.\w*[mM]etadata$|^globalThis\.Symbol\(undici\.globalDispatcher\.\d+\)$/;

/** The surroundings as they are. */
export function surroundings(): Surroundings {
  const found = new Map<string, unknown>([["the working folder", process.cwd()]]);
  for (const [name, value] of Object.entries(process.env)) found.set(`the variable ${name}`, value);
  for (const event of process.eventNames()) found.set(`listeners to ${String(event)}`, process.listenerCount(event));
  addParts(found, "globalThis", globalThis);
  for (const builtin of builtins) {
    const name = typeof builtin === "function" ? builtin.name : String(Reflect.get(builtin, Symbol.toStringTag));
    addParts(found, name, builtin);
    if (typeof builtin === "function") addParts(found, `${name}.prototype`, builtin.prototype);
  }
  return found;
}

/** What is other than it was, by name. */
export function changedSince(before: Surroundings, now: Surroundings): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((name) => {
    if (aids.test(name) && !before.has(name)) return false;
    // Node makes some of its globals when they are first asked for, in the place of what asks.
    if (before.get(name) === made || now.get(name) === made) return before.has(name) !== now.has(name);
    return !Object.is(before.get(name), now.get(name)) || before.has(name) !== now.has(name);
  });
}

/** Stands for what a getter makes. */
const made = Symbol("made when it is asked for");

function addParts(found: Map<string, unknown>, owner: string, thing: object): void {
  for (const key of Reflect.ownKeys(thing)) {
    const part = Reflect.getOwnPropertyDescriptor(thing, key);
    found.set(`${owner}.${String(key)}`, part?.get ? made : part?.value);
  }
}
