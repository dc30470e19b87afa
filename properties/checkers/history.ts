import type {
  GetReading,
  ListReading,
  Reading,
  SeenEvent,
  SeenObject,
  WatchReading,
  WriteReading,
} from "../workload/readings.ts";

/** One committed change of an object that readers look at, in the order of versions. */
export interface Change {
  readonly version: number;
  readonly name: string;
  /** Undefined: it was deleted. */
  readonly object: SeenObject | undefined;
  readonly atMs: number;
}

type State = ReadonlyMap<string, SeenObject>;

/**
 * What is wrong with what clients saw, given all that was committed; undefined when nothing is. `endMs` is when it was
 * looked: what was committed `transitMs` before may still be on its way to those who watch.
 */
export function judgeReadings(
  history: readonly Change[],
  readings: readonly Reading[],
  { endMs, transitMs }: { readonly endMs: number; readonly transitMs: number },
): string | undefined {
  const acknowledged = acknowledgedVersions(history, readings);
  for (const reading of readings) {
    const why =
      reading.op === "write"
        ? judgeWrite(history, reading)
        : reading.op === "get"
          ? judgeGet(history, reading, acknowledged(reading.callMs, reading.name))
          : reading.op === "list"
            ? judgeList(history, reading, acknowledged(reading.callMs))
            : judgeWatch(history, reading, endMs - transitMs);
    if (why !== undefined) return why;
  }
  return undefined;
}

/** The newest version that had been acknowledged to anybody by then: who asks for the newest sees no less. */
function acknowledgedVersions(history: readonly Change[], readings: readonly Reading[]) {
  const known: { readonly name: string; readonly version: number; readonly atMs: number }[] = [];
  for (const reading of readings) {
    if (reading.op !== "write") continue;
    const version = reading.seen?.version ?? deletionIn(history, reading)?.version;
    if (version !== undefined) known.push({ name: reading.name, version, atMs: reading.returnMs });
  }
  return (beforeMs: number, name?: string) =>
    known.reduce(
      (newest, each) =>
        each.atMs < beforeMs && (name === undefined || each.name === name) ? Math.max(newest, each.version) : newest,
      0,
    );
}

// ---- Writes

/** The first time that it was deleted while that was asked for; readers know whole milliseconds. */
function deletionIn(history: readonly Change[], { name, callMs, returnMs }: WriteReading): Change | undefined {
  return history.find((each) => each.name === name && !each.object && each.atMs >= callMs && each.atMs < returnMs + 1);
}

function judgeWrite(history: readonly Change[], write: WriteReading): string | undefined {
  const { verb, name, seen, expect } = write;
  const change = seen
    ? history.find((each) => each.name === name && each.version === seen.version)
    : deletionIn(history, write);
  const told = `A ${verb} of ${name} was acknowledged${seen ? ` with version ${seen.version}` : ""}`;
  if (!change) return `${told}, but nothing like it was committed`;
  if (seen && !isSame(change.object, seen)) return `${told}, but what was committed then is ${show(change.object)}`;
  const before = stateAt(history, change.version - 1).get(name);
  const isNew = change.atMs >= write.callMs;
  if (verb === "create" && before) return `${told}, although there was one`;
  if (expect !== undefined && isNew && before?.version !== expect) {
    return `${told} on the condition of version ${expect}, but it was made to ${before?.version ?? "nothing"}`;
  }
  return verb === "patch" && isNew ? judgePatch(write, before, change) : undefined;
}

/** A patch of one field leaves all others as they were when it was committed. */
function judgePatch({ name, field = "" }: WriteReading, before: SeenObject | undefined, { object }: Change) {
  const [old, now] = [before, object].map((each) => ({ ...(JSON.parse(each?.data ?? "{}") as object), [field]: "" }));
  if (before && JSON.stringify(sorted(old)) === JSON.stringify(sorted(now))) return undefined;
  return `A patch of ${field} of ${name} made ${show(object)} of ${show(before)}`;
}

const sorted = (data: object | undefined) => Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));

// ---- Gets and lists

function judgeGet(history: readonly Change[], reading: GetReading, least: number): string | undefined {
  const { name, seen, returnMs } = reading;
  const own = history.filter((each) => each.name === name);
  if (!seen) {
    const isOpen = [...own.entries()].some(
      ([index, { object, atMs }]) => !object && atMs < returnMs + 1 && (own[index + 1]?.version ?? Infinity) > least,
    );
    const wasThereFromTheStart = own.length > 0 && least >= (own[0]?.version ?? 0);
    return isOpen || !wasThereFromTheStart ? undefined : `${name} was not found, although it was there all the time`;
  }
  const change = own.find(({ version }) => version === seen.version);
  if (!isSame(change?.object, seen))
    return `A get showed ${show(seen)}, but what was committed is ${show(change?.object)}`;
  if (seen.version >= least) return undefined;
  return `A get showed version ${seen.version} of ${name}, although version ${least} had been acknowledged`;
}

function judgeList(history: readonly Change[], reading: ListReading, least: number): string | undefined {
  const { match, asked, tier, versions, items } = reading;
  const [version = 0] = versions;
  const what = `A list (${match} ${asked}, tier ${tier ?? "any"}, ${versions.length} pages)`;
  if (versions.some((each) => each !== version)) return `${what} has pages of the versions ${versions.join(", ")}`;
  if (match === "newest" && version < least) {
    return `${what} is of version ${version}, although version ${least} had been acknowledged`;
  }
  if (match === "notOlder" && version < asked) return `${what} is of version ${version}`;
  if (match === "exact" && version !== asked) return `${what} is of version ${version}`;
  const expected = selected(stateAt(history, version), tier);
  const wrong = differenceOf(expected, items);
  return wrong && `${what} of version ${version} shows wrong things: ${wrong}`;
}

function differenceOf(expected: readonly SeenObject[], items: readonly SeenObject[]): string | undefined {
  for (let index = 0; index < Math.max(expected.length, items.length); index++) {
    const [is, was] = [items[index], expected[index]];
    if (!is || !was || !isSame(was, is)) return `${show(is)} where there was ${show(was)}`;
  }
  return undefined;
}

// ---- Watches

function judgeWatch(history: readonly Change[], reading: WatchReading, settledMs: number): string | undefined {
  const { from, isInitial, tier, events, hasEnded, openedMs } = reading;
  const what = `A watch (from ${from}${isInitial ? ", all first" : ""}, tier ${tier ?? "any"})`;
  const told = new Map<string, number>();
  let next = 0;
  let start = from;
  if (isInitial) {
    next = events.findIndex(({ endsInitial }) => endsInitial);
    if (next < 0) return undefined;
    start = events[next]?.version ?? 0;
    const wrong = judgeInitial(history, reading, events.slice(0, next));
    if (wrong) return `${what}: ${wrong}`;
    next++;
  }
  const expected = eventsAfter(history, start, tier);
  let at = 0;
  for (const event of events.slice(next)) {
    if (event.type === "BOOKMARK") {
      const missed = expected[at];
      if (missed && missed.version <= event.version)
        return `${what} has a bookmark ${event.version} before ${tell(missed)}`;
      continue;
    }
    const wanted = expected[at++];
    if (!wanted || wanted.version !== event.version || wanted.type !== event.type || wanted.name !== event.name) {
      return `${what} told ${tell(event)} where ${wanted ? tell(wanted) : "nothing"} was to come`;
    }
    if (event.data !== undefined && event.data !== wanted.data) {
      return `${what} told ${tell(event)} as ${event.data}, which was ${wanted.data}`;
    }
    told.set(event.name, event.version);
  }
  const missed = expected[at];
  if (hasEnded || openedMs === undefined || openedMs > settledMs || !missed || missed.atMs > settledMs)
    return undefined;
  return `${what} that is open has never told ${tell(missed)}`;
}

/** What is told before the mark makes the state that the mark names. */
function judgeInitial(
  history: readonly Change[],
  { tier, events, from }: WatchReading,
  initial: readonly SeenEvent[],
): string | undefined {
  const version = events[initial.length]?.version ?? 0;
  if (version < from) return `what there was at first is of version ${version}`;
  const told = new Map<string, number>();
  for (const event of initial) {
    if (event.type === "DELETED") told.delete(event.name);
    else if (event.type !== "BOOKMARK") told.set(event.name, event.version);
  }
  const expected = selected(stateAt(history, version), tier);
  const missing = expected.find((each) => told.get(each.name) !== each.version);
  if (missing) return `of what there was at first, version ${version}, it did not tell ${show(missing)}`;
  return told.size === expected.length ? undefined : `it told too much of what there was at first: ${[...told.keys()]}`;
}

interface Expected extends SeenEvent {
  readonly atMs: number;
}

/** What a watch must tell of all that came after a version: what comes into a selection is added to it. */
export function eventsAfter(
  history: readonly Change[],
  version: number,
  tier: string | undefined,
): readonly Expected[] {
  const state = new Map<string, SeenObject>(stateAt(history, version));
  const events: Expected[] = [];
  for (const change of history) {
    if (change.version <= version) continue;
    const { name, object, atMs } = change;
    const before = state.get(name);
    const was = isIn(before, tier);
    const is = isIn(object, tier);
    if (object) state.set(name, object);
    else state.delete(name);
    const type = is ? (was ? "MODIFIED" : "ADDED") : "DELETED";
    const { data = "" } = object && is ? object : (before ?? {});
    if (was || is) events.push({ type, name, version: change.version, endsInitial: false, data, atMs });
  }
  return events;
}

// ---- States

/** What there was at a version, in the order of names. */
export function stateAt(history: readonly Change[], version: number): State {
  const state = new Map<string, SeenObject>();
  for (const change of history) {
    if (change.version > version) break;
    if (change.object) state.set(change.name, change.object);
    else state.delete(change.name);
  }
  return state;
}

function selected(state: State, tier: string | undefined): readonly SeenObject[] {
  return [...state.values()].filter((each) => isIn(each, tier)).sort((a, b) => (a.name < b.name ? -1 : 1));
}

function isIn(object: SeenObject | undefined, tier: string | undefined): boolean {
  return object !== undefined && (tier === undefined || object.tier === tier);
}

function isSame(a: SeenObject | undefined, b: SeenObject): boolean {
  return a !== undefined && a.name === b.name && a.version === b.version && a.tier === b.tier && a.data === b.data;
}

function show(object: SeenObject | undefined): string {
  return object ? `${object.name}@${object.version} (${object.tier ?? "no tier"}, ${object.data})` : "nothing";
}

function tell({ type, name, version }: Pick<SeenEvent, "type" | "name" | "version">): string {
  return `${type} ${name}@${version}`;
}
