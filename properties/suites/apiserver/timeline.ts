import type { ApiOperation } from "./data.ts";
import type { Folder } from "./folders.ts";
import { markFor, marksIn } from "./marks.ts";
import { type Circumstances, ownersAfter } from "./model.ts";
import { folderOf } from "./requests.ts";
import type { Thing, ThingChange } from "./truth.ts";

/** A change, who made it, and what counts after it. */
export interface TimedChange extends ThingChange {
  /** Whose mark it bears, which was not there before; undefined: nobody's. */
  readonly by: ApiOperation | undefined;
  readonly owners: Circumstances["owners"];
  /** What counted before it. */
  readonly ownersBefore: Circumstances["owners"];
}

/** What there was of an object at a time. */
export interface TimedState extends Circumstances {
  readonly thing: Thing | undefined;
}

/** All that became of objects, by who did it. */
export interface Timeline {
  readonly changes: readonly TimedChange[];
  /** What there was of an object while an operation was under way, the earliest first. */
  statesDuring(operation: ApiOperation, name: string): readonly TimedState[];
}

const keyOf = (folder: Folder, name: string) => `${folder.name}/${name}`;
const nobody: Circumstances["owners"] = new Map();

/** Tells for each change whose it was. */
export function createTimeline(changes: readonly ThingChange[], operations: readonly ApiOperation[]): Timeline {
  const byMark = new Map<string, ApiOperation>();
  for (const each of operations) {
    const mark = markFor(each);
    if (mark !== undefined) byMark.set(`${folderOf(each.command).name} ${mark}`, each);
  }
  const byKey = new Map<string, TimedChange[]>();
  const timed = changes.map((change): TimedChange => {
    const { folder, name, before, after } = change;
    const key = keyOf(folder, name);
    const own = byKey.get(key) ?? [];
    byKey.set(key, own);
    const [had, has] = [marksIn(folder, before), marksIn(folder, after)];
    const fresh = [...has].filter((mark) => !had.has(mark));
    // Who replaces an object with one that it saw before brings older marks back beside its own.
    const writers = fresh.flatMap((mark) => byMark.get(`${folder.name} ${mark}`) ?? []);
    const by = writers.toSorted((a, b) => b.callMs - a.callMs)[0];
    const ownersBefore = own.at(-1)?.owners ?? nobody;
    const owners = ownersAfter(ownersBefore, { before, after, by });
    const made = { ...change, by, owners, ownersBefore };
    own.push(made);
    return made;
  });

  return {
    changes: timed,
    statesDuring({ command, callMs, returnMs }, name) {
      const own = byKey.get(keyOf(folderOf(command), name)) ?? [];
      const states: TimedState[] = [{ thing: own[0]?.before, owners: nobody }];
      for (const { after, owners, atMs } of own) {
        // Clients know whole milliseconds.
        if (atMs >= returnMs + 1) break;
        if (atMs < callMs) states.length = 0;
        states.push({ thing: after, owners });
      }
      return states;
    },
  };
}
