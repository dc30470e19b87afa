import { type Command, CommandError, type Context, float, heldOf, integer, numberText, slice } from "./command.ts";
import { ok, type Reply } from "./resp.ts";

/** What a container without members would be is no key. */
function dropEmpty({ store }: Context, key: string, size: number): void {
  if (size === 0) store.delete(key);
}

function listFor(context: Context, key: string): string[] {
  const found = heldOf(context, key, "list");
  if (found) return found;
  const value: string[] = [];
  context.store.set(key, { type: "list", value });
  return value;
}

function push(context: Context, [name = "", key = "", ...items]: readonly string[]): Reply {
  const list = listFor(context, key);
  if (name.toUpperCase().startsWith("L")) list.unshift(...[...items].reverse());
  else list.push(...items);
  return list.length;
}

function pop(context: Context, [name = "", key = "", count]: readonly string[]): Reply {
  const list = heldOf(context, key, "list");
  if (!list) return null;
  const isLeft = name.toUpperCase().startsWith("L");
  const taken: string[] = [];
  for (let left = count === undefined ? 1 : integer(count); left > 0 && list.length > 0; left--) {
    const item = isLeft ? list.shift() : list.pop();
    if (item !== undefined) taken.push(item);
  }
  dropEmpty(context, key, list.length);
  return count === undefined ? (taken[0] ?? null) : taken;
}

/** Commands on lists. */
export const lists: Readonly<Record<string, Command>> = {
  LPUSH: { arity: -3, isWrite: true, run: push },
  RPUSH: { arity: -3, isWrite: true, run: push },
  LPOP: { arity: -2, isWrite: true, run: pop },
  RPOP: { arity: -2, isWrite: true, run: pop },
  LLEN: { arity: 2, isWrite: false, run: (context, [, key = ""]) => heldOf(context, key, "list")?.length ?? 0 },
  LRANGE: {
    arity: 4,
    isWrite: false,
    run: (context, [, key = "", from, to]) => slice(heldOf(context, key, "list") ?? [], integer(from), integer(to)),
  },
  LINDEX: {
    arity: 3,
    isWrite: false,
    run: (context, [, key = "", at]) => heldOf(context, key, "list")?.at(integer(at)) ?? null,
  },
  LREM: {
    arity: 4,
    isWrite: true,
    run(context, [, key = "", count, item = ""]) {
      const list = heldOf(context, key, "list") ?? [];
      let removed = 0;
      for (
        let at = list.indexOf(item);
        at >= 0 && (integer(count) === 0 || removed < Math.abs(integer(count)));
        at = list.indexOf(item)
      ) {
        list.splice(at, 1);
        removed++;
      }
      dropEmpty(context, key, list.length);
      return removed;
    },
  },
  LTRIM: {
    arity: 4,
    isWrite: true,
    run(context, [, key = "", from, to]) {
      const list = heldOf(context, key, "list");
      if (list) list.splice(0, list.length, ...slice(list, integer(from), integer(to)));
      if (list) dropEmpty(context, key, list.length);
      return ok;
    },
  },
};

function hashSet(context: Context, [name = "", key = "", ...pairs]: readonly string[]): Reply {
  if (pairs.length % 2 === 1)
    throw new CommandError(`ERR wrong number of arguments for '${name.toLowerCase()}' command`);
  const hash = heldOf(context, key, "hash") ?? new Map<string, string>();
  const before = hash.size;
  for (let at = 0; at < pairs.length; at += 2) hash.set(pairs[at] ?? "", pairs[at + 1] ?? "");
  context.store.set(key, { type: "hash", value: hash }, context.store.expiresMs(key));
  return name.toUpperCase() === "HMSET" ? ok : hash.size - before;
}

const hashOf = (context: Context, key: string) => heldOf(context, key, "hash") ?? new Map<string, string>();

/** Commands on hashes. */
export const hashes: Readonly<Record<string, Command>> = {
  HSET: { arity: -4, isWrite: true, run: hashSet },
  HMSET: { arity: -4, isWrite: true, run: hashSet },
  HGET: {
    arity: 3,
    isWrite: false,
    run: (context, [, key = "", field = ""]) => hashOf(context, key).get(field) ?? null,
  },
  HMGET: {
    arity: -3,
    isWrite: false,
    run: (context, [, key = "", ...fields]) => fields.map((each) => hashOf(context, key).get(each) ?? null),
  },
  HGETALL: { arity: 2, isWrite: false, run: (context, [, key = ""]) => [...hashOf(context, key)].flat() },
  HKEYS: { arity: 2, isWrite: false, run: (context, [, key = ""]) => [...hashOf(context, key).keys()] },
  HVALS: { arity: 2, isWrite: false, run: (context, [, key = ""]) => [...hashOf(context, key).values()] },
  HLEN: { arity: 2, isWrite: false, run: (context, [, key = ""]) => hashOf(context, key).size },
  HEXISTS: {
    arity: 3,
    isWrite: false,
    run: (context, [, key = "", field = ""]) => (hashOf(context, key).has(field) ? 1 : 0),
  },
  HDEL: {
    arity: -3,
    isWrite: true,
    run(context, [, key = "", ...fields]) {
      const hash = hashOf(context, key);
      const removed = fields.filter((field) => hash.delete(field)).length;
      dropEmpty(context, key, hash.size);
      return removed;
    },
  },
  HINCRBY: {
    arity: 4,
    isWrite: true,
    run(context, [, key = "", field = "", by]) {
      const next = integer(hashOf(context, key).get(field) ?? "0") + integer(by);
      hashSet(context, ["HSET", key, field, String(next)]);
      return next;
    },
  },
};

const setOf = (context: Context, key: string) => heldOf(context, key, "set") ?? new Set<string>();

/** Commands on sets. */
export const sets: Readonly<Record<string, Command>> = {
  SADD: {
    arity: -3,
    isWrite: true,
    run(context, [, key = "", ...members]) {
      const set = setOf(context, key);
      const before = set.size;
      for (const member of members) set.add(member);
      context.store.set(key, { type: "set", value: set }, context.store.expiresMs(key));
      return set.size - before;
    },
  },
  SREM: {
    arity: -3,
    isWrite: true,
    run(context, [, key = "", ...members]) {
      const set = setOf(context, key);
      const removed = members.filter((member) => set.delete(member)).length;
      dropEmpty(context, key, set.size);
      return removed;
    },
  },
  SMEMBERS: { arity: 2, isWrite: false, run: (context, [, key = ""]) => [...setOf(context, key)] },
  SCARD: { arity: 2, isWrite: false, run: (context, [, key = ""]) => setOf(context, key).size },
  SISMEMBER: {
    arity: 3,
    isWrite: false,
    run: (context, [, key = "", member = ""]) => (setOf(context, key).has(member) ? 1 : 0),
  },
  SINTER: {
    arity: -2,
    isWrite: false,
    run: (context, [, first = "", ...others]) =>
      [...setOf(context, first)].filter((each) => others.every((key) => setOf(context, key).has(each))),
  },
  SUNION: {
    arity: -2,
    isWrite: false,
    run: (context, [, ...all]) => [...new Set(all.flatMap((key) => [...setOf(context, key)]))],
  },
  SDIFF: {
    arity: -2,
    isWrite: false,
    run: (context, [, first = "", ...others]) =>
      [...setOf(context, first)].filter((each) => !others.some((key) => setOf(context, key).has(each))),
  },
};

const scoresOf = (context: Context, key: string) => heldOf(context, key, "zset") ?? new Map<string, number>();

function ranked(context: Context, key: string): [string, number][] {
  return [...scoresOf(context, key)].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
}

function shown(members: readonly [string, number][], options: readonly string[]): Reply {
  const hasScores = options.some((each) => each?.toUpperCase() === "WITHSCORES");
  return members.flatMap(([member, score]) => (hasScores ? [member, numberText(score)] : [member]));
}

function limit(text: string): { readonly value: number; readonly isOpen: boolean } {
  return { value: float(text.replace("(", "")), isOpen: text.startsWith("(") };
}

function within(members: readonly [string, number][], from: string, to: string): [string, number][] {
  const [low, high] = [limit(from), limit(to)];
  return members.filter(
    ([, score]) =>
      (low.isOpen ? score > low.value : score >= low.value) && (high.isOpen ? score < high.value : score <= high.value),
  );
}

/** Commands on sorted sets. */
export const sortedSets: Readonly<Record<string, Command>> = {
  ZADD: {
    arity: -4,
    isWrite: true,
    run(context, [, key = "", ...pairs]) {
      if (pairs.length % 2 === 1) throw new CommandError("ERR syntax error");
      const scores = scoresOf(context, key);
      const before = scores.size;
      for (let at = 0; at < pairs.length; at += 2) scores.set(pairs[at + 1] ?? "", float(pairs[at]));
      context.store.set(key, { type: "zset", value: scores }, context.store.expiresMs(key));
      return scores.size - before;
    },
  },
  ZINCRBY: {
    arity: 4,
    isWrite: true,
    run(context, [, key = "", by, member = ""]) {
      const scores = scoresOf(context, key);
      const next = (scores.get(member) ?? 0) + float(by);
      scores.set(member, next);
      context.store.set(key, { type: "zset", value: scores }, context.store.expiresMs(key));
      return numberText(next);
    },
  },
  ZREM: {
    arity: -3,
    isWrite: true,
    run(context, [, key = "", ...members]) {
      const scores = scoresOf(context, key);
      const removed = members.filter((member) => scores.delete(member)).length;
      dropEmpty(context, key, scores.size);
      return removed;
    },
  },
  ZSCORE: {
    arity: 3,
    isWrite: false,
    run(context, [, key = "", member = ""]) {
      const score = scoresOf(context, key).get(member);
      return score === undefined ? null : numberText(score);
    },
  },
  ZCARD: { arity: 2, isWrite: false, run: (context, [, key = ""]) => scoresOf(context, key).size },
  ZRANK: {
    arity: 3,
    isWrite: false,
    run(context, [, key = "", member = ""]) {
      const rank = ranked(context, key).findIndex(([each]) => each === member);
      return rank < 0 ? null : rank;
    },
  },
  ZRANGE: {
    arity: -4,
    isWrite: false,
    run(context, [, key = "", from = "", to = "", ...options]) {
      const isReversed = options.some((each) => each.toUpperCase() === "REV");
      const all = isReversed ? ranked(context, key).reverse() : ranked(context, key);
      const isByScore = options.some((each) => each.toUpperCase() === "BYSCORE");
      return shown(
        isByScore
          ? within(all, isReversed ? to : from, isReversed ? from : to)
          : slice(all, integer(from), integer(to)),
        options,
      );
    },
  },
  ZREVRANGE: {
    arity: -4,
    isWrite: false,
    run: (context, [, key = "", from, to, ...options]) =>
      shown(slice(ranked(context, key).reverse(), integer(from), integer(to)), options),
  },
  ZRANGEBYSCORE: {
    arity: -4,
    isWrite: false,
    run: (context, [, key = "", from = "", to = "", ...options]) =>
      shown(within(ranked(context, key), from, to), options),
  },
  ZCOUNT: {
    arity: 4,
    isWrite: false,
    run: (context, [, key = "", from = "", to = ""]) => within(ranked(context, key), from, to).length,
  },
};
