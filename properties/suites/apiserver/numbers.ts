import type { Fields } from "../../../actors/api/types.ts";
import type { ApiOperation } from "./data.ts";
import { countedMax, evictionsMax, type Folder, folders } from "./folders.ts";
import { isDry, show } from "./operations.ts";
import type { Timeline } from "./timeline.ts";
import type { Thing } from "./truth.ts";

/** What is wrong with what is there after a change: two with one address or port. */
export function judgeNumbers(things: (folder: Folder) => ReadonlyMap<string, Thing>): string | undefined {
  const given = new Map<string, string>();
  for (const [name, service] of things(folders.services)) {
    for (const each of addressesOf(service)) {
      const other = given.get(each);
      if (other !== undefined) return `${each} is given to ${other} and to ${name}`;
      given.set(each, name);
    }
  }
  return undefined;
}

/** What a Service has that no other may have. */
function addressesOf({ spec }: Thing): readonly string[] {
  const { clusterIP, ports = [] } = spec as { clusterIP?: string; ports?: readonly { nodePort?: number }[] };
  return [
    ...(clusterIP ? [`ipaddresses/${clusterIP}`] : []),
    ...ports.flatMap(({ nodePort }) => (nodePort ? [`nodeports/${nodePort}`] : [])),
  ];
}

/** What there is to say of what is counted. */
interface Counting {
  readonly operations: readonly ApiOperation[];
  /** How many the quota says that there are. */
  readonly used: number;
  /** Whether a server may have been asked twice for the same. */
  readonly isDoubled: boolean;
}

/**
 * Whether more were made than a quota lets in, which nobody counts anew when some of them are deleted; and whether it
 * counts all of them, and beside them nothing but what was let in and came to nothing.
 */
export function judgeCounted({ changes }: Timeline, { operations, used, isDoubled }: Counting): string | undefined {
  const made = changes.filter(({ folder, before, after }) => folder === folders.counted && !before && after).length;
  if (made > countedMax) return `${made} maps were made where ${countedMax} may be`;
  if (used < made) return `${made} maps were made, and their quota counts ${used}`;
  const fruitless = operations.filter(
    ({ command, answer }) =>
      command.op === "create" &&
      command.folder === "counted" &&
      !isDry(command) &&
      answer?.code !== 201 &&
      answer?.code !== 403,
  ).length;
  if (isDoubled || used <= made + fruitless) return undefined;
  return `${made} maps were made, ${fruitless} more may have been let in, and their quota counts ${used}`;
}

/** Names that are made up are not those that were made up before: two may meet by chance, and no more. */
export function judgeNames({ changes }: Timeline): string | undefined {
  const endings = changes.flatMap(({ before, after, by }) => {
    const { generateName } = (after?.metadata ?? {}) as { readonly generateName?: string };
    return before || !after || !by || !generateName ? [] : [after.metadata.name.slice(generateName.length)];
  });
  const different = new Set(endings).size;
  if (different < endings.length - 1)
    return `of ${endings.length} names that were made up ${different} are different: ${endings.join(", ")}`;
  const letters = new Set(endings.join("")).size;
  return endings.length >= 8 && letters <= 10
    ? `${endings.length} names were made up of ${letters} letters: ${endings.join(", ")}`
    : undefined;
}

/** Whether it is written down who has which address: all that are given, and no other. */
export function judgeClaims(services: ReadonlyMap<string, Thing>, claims: ReadonlySet<string>): string | undefined {
  const given = new Set([...services.values()].flatMap(addressesOf).map((each) => `/registry/${each}`));
  const unclaimed = [...given].find((each) => !claims.has(each));
  if (unclaimed !== undefined) return `${unclaimed} is given, and it is not written down`;
  const kept = [...claims].find((each) => !given.has(each));
  return kept === undefined ? undefined : `${kept} is written down, and nobody has it`;
}

/** Whether more pods that ran were evicted than may be: of two who evict one pod, the second finds that it ends. */
export function judgeEvictions(timeline: Timeline, operations: readonly ApiOperation[]): string | undefined {
  const evicted = new Map<string, ApiOperation>();
  for (const operation of operations) {
    if (operation.command.op !== "evict" || operation.answer?.code !== 201 || isDry(operation.command)) continue;
    const things = timeline.statesDuring(operation, operation.request.name ?? "").map(({ thing }) => thing);
    const end = things.findIndex((thing) => thing === undefined || thing.metadata.deletionTimestamp !== undefined);
    // Who waits for the store meanwhile may find that it ends by a deletion: an eviction marks what it ends.
    const isByIt = things.slice(0, end + 1).some(isMarked);
    if (end > 0 && isByIt && things.slice(0, end).every(isRunning))
      evicted.set(things[0]?.metadata.uid as string, operation);
  }
  const shown = [...evicted.values()].map(show).join("; ");
  return evicted.size > evictionsMax ? `${evicted.size} pods that ran were evicted: ${shown}` : undefined;
}

function isMarked(thing: Thing | undefined): boolean {
  const { conditions = [] } = (thing?.status ?? {}) as { conditions?: readonly Fields[] };
  return conditions.some(({ type, status }) => type === "DisruptionTarget" && status === "True");
}

function isRunning(thing: Thing | undefined): boolean {
  const { phase, conditions = [] } = (thing?.status ?? {}) as { phase?: string; conditions?: readonly Fields[] };
  const isReady = conditions.some(({ type, status }) => type === "Ready" && status === "True");
  return phase === "Running" && isReady;
}
