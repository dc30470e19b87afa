import { matches, parseGlob } from "../patterns/glob.ts";
import { type Command, CommandError, type Context, integer } from "./command.ts";
import { ok, type Reply } from "./resp.ts";

/** The keys that a pattern with `*`, `?` and `[...]` stands for. */
function matching(keys: readonly string[], pattern: string): string[] {
  const glob = parseGlob([{ text: pattern, isQuoted: false }]);
  return keys.filter((key) => matches(glob, key));
}

function expireAt({ store }: Context, key: string, atMs: number): Reply {
  return store.expire(key, atMs) ? 1 : 0;
}

function remove({ store }: Context, [, ...keys]: readonly string[]): Reply {
  return keys.filter((key) => store.delete(key)).length;
}

function leftMs({ store, nowMs }: Context, key: string): number {
  if (!store.get(key)) return -2;
  const expiresMs = store.expiresMs(key);
  return expiresMs === undefined ? -1 : Math.max(0, expiresMs - nowMs());
}

/** Commands on keys, whatever they hold. */
export const keys: Readonly<Record<string, Command>> = {
  DEL: { arity: -2, isWrite: true, run: remove },
  UNLINK: { arity: -2, isWrite: true, run: remove },
  EXISTS: { arity: -2, isWrite: false, run: ({ store }, [, ...all]) => all.filter((key) => store.get(key)).length },
  TYPE: { arity: 2, isWrite: false, run: ({ store }, [, key = ""]) => ({ status: store.get(key)?.type ?? "none" }) },
  KEYS: { arity: 2, isWrite: false, run: ({ store }, [, pattern = ""]) => matching(store.keys(), pattern) },
  SCAN: {
    arity: -2,
    isWrite: false,
    run({ store }, [, , ...options]) {
      const at = options.findIndex((each) => each.toUpperCase() === "MATCH");
      return ["0", at < 0 ? store.keys() : matching(store.keys(), options[at + 1] ?? "*")];
    },
  },
  DBSIZE: { arity: 1, isWrite: false, run: ({ store }) => store.keys().length },
  FLUSHALL: {
    arity: -1,
    isWrite: true,
    run({ store }) {
      store.clear();
      return ok;
    },
  },
  FLUSHDB: {
    arity: -1,
    isWrite: true,
    run({ store }) {
      store.clear();
      return ok;
    },
  },
  RENAME: {
    arity: 3,
    isWrite: true,
    run({ store }, [, from = "", to = ""]) {
      const value = store.get(from);
      if (!value) throw new CommandError("ERR no such key");
      const expiresMs = store.expiresMs(from);
      store.delete(from);
      store.set(to, value, expiresMs);
      return ok;
    },
  },
  RANDOMKEY: {
    arity: 1,
    isWrite: false,
    run({ store, random }) {
      const all = store.keys();
      return all.length === 0 ? null : (all[random(all.length)] ?? null);
    },
  },
  EXPIRE: {
    arity: -3,
    isWrite: true,
    run: (context, [, key = "", seconds]) => expireAt(context, key, context.nowMs() + 1000 * integer(seconds)),
  },
  PEXPIRE: {
    arity: -3,
    isWrite: true,
    run: (context, [, key = "", ms]) => expireAt(context, key, context.nowMs() + integer(ms)),
  },
  EXPIREAT: {
    arity: -3,
    isWrite: true,
    run: (context, [, key = "", at]) => expireAt(context, key, 1000 * integer(at)),
  },
  PEXPIREAT: { arity: -3, isWrite: true, run: (context, [, key = "", at]) => expireAt(context, key, integer(at)) },
  PERSIST: {
    arity: 2,
    isWrite: true,
    run: ({ store }, [, key = ""]) => (store.expiresMs(key) !== undefined && store.expire(key, undefined) ? 1 : 0),
  },
  TTL: {
    arity: 2,
    isWrite: false,
    run(context, [, key = ""]) {
      const ms = leftMs(context, key);
      return ms < 0 ? ms : Math.ceil(ms / 1000);
    },
  },
  PTTL: { arity: 2, isWrite: false, run: (context, [, key = ""]) => Math.ceil(leftMs(context, key)) },
};
