import { type Command, CommandError, type Context, float, heldOf, integer, numberText } from "./command.ts";
import { ok, type Reply } from "./resp.ts";

const syntax = "ERR syntax error";

function put({ store }: Context, key: string, value: string): void {
  store.set(key, { type: "string", value }, store.expiresMs(key));
}

function add(context: Context, key: string, by: number): Reply {
  const next = integer(heldOf(context, key, "string") ?? "0") + by;
  put(context, key, String(next));
  return next;
}

function set(context: Context, [, key = "", value = "", ...options]: readonly string[]): Reply {
  const { store, nowMs } = context;
  let expiresMs: number | undefined;
  let mustBe: boolean | undefined;
  let givesOld = false;
  for (let at = 0; at < options.length; at++) {
    const option = options[at]?.toUpperCase();
    if (option === "NX") mustBe = false;
    else if (option === "XX") mustBe = true;
    else if (option === "GET") givesOld = true;
    else if (option === "KEEPTTL") expiresMs = store.expiresMs(key);
    else if (option === "EX") expiresMs = nowMs() + 1000 * integer(options[++at]);
    else if (option === "PX") expiresMs = nowMs() + integer(options[++at]);
    else if (option === "EXAT") expiresMs = 1000 * integer(options[++at]);
    else if (option === "PXAT") expiresMs = integer(options[++at]);
    else throw new CommandError(syntax);
  }
  const old = givesOld ? (heldOf(context, key, "string") ?? null) : ok;
  const isThere = store.get(key) !== undefined;
  if (mustBe !== undefined && mustBe !== isThere) return givesOld ? old : null;
  store.set(key, { type: "string", value }, expiresMs);
  return old;
}

/** Commands on strings. */
export const strings: Readonly<Record<string, Command>> = {
  GET: { arity: 2, isWrite: false, run: (context, [, key = ""]) => heldOf(context, key, "string") ?? null },
  SET: { arity: -3, isWrite: true, run: set },
  SETNX: { arity: 3, isWrite: true, run: (context, words) => (set(context, [...words, "NX"]) === null ? 0 : 1) },
  SETEX: {
    arity: 4,
    isWrite: true,
    run: (context, [name = "", key = "", seconds = "", value = ""]) => set(context, [name, key, value, "EX", seconds]),
  },
  GETSET: { arity: 3, isWrite: true, run: (context, words) => set(context, [...words, "GET"]) },
  GETDEL: {
    arity: 2,
    isWrite: true,
    run(context, [, key = ""]) {
      const value = heldOf(context, key, "string") ?? null;
      context.store.delete(key);
      return value;
    },
  },
  MGET: {
    arity: -2,
    isWrite: false,
    run: ({ store }, [, ...keys]) =>
      keys.map((key) => {
        const found = store.get(key);
        return found?.type === "string" ? found.value : null;
      }),
  },
  MSET: {
    arity: -3,
    isWrite: true,
    run({ store }, [, ...pairs]) {
      if (pairs.length % 2 === 1) throw new CommandError("ERR wrong number of arguments for 'mset' command");
      for (let at = 0; at < pairs.length; at += 2)
        store.set(pairs[at] ?? "", { type: "string", value: pairs[at + 1] ?? "" });
      return ok;
    },
  },
  INCR: { arity: 2, isWrite: true, run: (context, [, key = ""]) => add(context, key, 1) },
  DECR: { arity: 2, isWrite: true, run: (context, [, key = ""]) => add(context, key, -1) },
  INCRBY: { arity: 3, isWrite: true, run: (context, [, key = "", by]) => add(context, key, integer(by)) },
  DECRBY: { arity: 3, isWrite: true, run: (context, [, key = "", by]) => add(context, key, -integer(by)) },
  INCRBYFLOAT: {
    arity: 3,
    isWrite: true,
    run(context, [, key = "", by]) {
      const next = numberText(float(heldOf(context, key, "string") ?? "0") + float(by));
      put(context, key, next);
      return next;
    },
  },
  APPEND: {
    arity: 3,
    isWrite: true,
    run(context, [, key = "", more = ""]) {
      const next = (heldOf(context, key, "string") ?? "") + more;
      put(context, key, next);
      return next.length;
    },
  },
  STRLEN: { arity: 2, isWrite: false, run: (context, [, key = ""]) => (heldOf(context, key, "string") ?? "").length },
};
