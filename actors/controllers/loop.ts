import type { Address, Random } from "../../runtime/mod.ts";
import type { FeatureGate, FeatureGates } from "../api/feature_gates.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import type { Kind } from "../client/api_request.ts";
import type { Change, Informer } from "../client/informer.ts";
import type { IndexOf } from "../client/object_store.ts";
import type { IpFamily } from "../kit/ip_number.ts";
import { present } from "../kit/present.ts";
import type { Plan } from "./plan.ts";

/** What a controller may read: its own mirror of the objects of each kind that it watches. */
export interface Listers {
  /** @throws Error for a kind that the loop does not watch */
  of<T extends KubeObject>(kind: Kind<T>): Lister<T>;
  /** The kinds of the loop's derived watches, as they are now. */
  readonly derived: readonly Kind[];
}

/** The objects of one kind, as last seen. */
export type Lister<T extends KubeObject> = Pick<Informer<T>, "get" | "has" | "values" | "by" | "size" | "keys">;

/** What a controller knows while it makes a plan; it cannot act, only plan. */
export interface Turn<Memory = unknown> extends Random {
  readonly key: string;
  readonly nowMs: number;
  readonly uptimeMs: number;
  /** Whether all that earlier plans for this key did can be seen in the listers. */
  readonly expectationsMet: boolean;
  /** What the loop keeps from turn to turn; lost when its actor crashes. */
  readonly memory: Memory;
  /** A name that begins with `base`, as a server makes it from `generateName`. */
  newName(base: string): string;
}

/** A kind that a loop watches, and whose keys are to be worked on when an object changes. */
export interface Watch<T extends KubeObject = KubeObject, Memory = unknown> {
  readonly kind: Kind<T>;
  readonly fieldSelector?: string;
  /**
   * The kind of controllers whose objects are wanted, with those that nobody controls. Default: all objects. Most pods
   * are other kinds', and a loop that is not told of them does nothing for them.
   */
  readonly openTo?: string;
  readonly indexes?: Readonly<Record<string, IndexOf<T>>>;
  /** Default none: it is only looked at. */
  keys?(change: Change<T>, context: WatchContext<Memory>): readonly string[];
  /** For objects that plans create and delete as `expected`: the key of the plan that an object belongs to. */
  expectedBy?(object: Frozen<T>, listers: Listers): string | undefined;
}

/**
 * Watches that come and go with the objects of kinds that a loop watches anyway: a definition brings a kind. While one
 * of them has its first list under way no plan is made, for at most 30 seconds.
 */
export interface DerivedWatches {
  readonly from: readonly Pick<Kind, "group" | "plural">[];
  /** Pure: all watches that the objects bring as they are now, one for each kind; asked whenever one of them changes. */
  watchesOf(listers: Listers): readonly Watch[];
}

/** What a watch may look at to tell its keys. */
export interface WatchContext<Memory> {
  readonly listers: Listers;
  readonly memory: Memory;
  readonly uptimeMs: number;
}

/** What a cluster tells its loops when they begin. */
export interface LoopSettings {
  /** The certificate of the authority by which pods know the API server. Default: that of rehearsals. */
  readonly rootCa?: string;
  /** Features that are on though Kubernetes has them off. Default: none. */
  readonly featureGates?: FeatureGates;
  /** How long a node may be silent before it is held for lost. Default 50,000, as Kubernetes'. */
  readonly nodeMonitorGraceMs?: number;
  /** From which ranges nodes are given theirs for pods. Default: the usual one of IPv4. */
  readonly nodeCidrs?: NodeCidrs;
  /** The providers that the cluster's computers may be rented from; the first has Services of no class. Default: none. */
  readonly clouds?: readonly CloudPlace[];
  /** How long a rented computer may be idle before it is given back. Default 600,000, as Kubernetes' cluster-autoscaler's. */
  readonly scaleDownAfterMs?: number;
}

/** All that pods may have as addresses, and how much of it is a node's. */
export interface NodeCidrs {
  /** One range, or one of each family, with a comma. */
  readonly ranges: string;
  /** How many bits of a node's range are given, by family. Default 24 and 64. */
  readonly sizes: Readonly<Partial<Record<IpFamily, number>>>;
}

/** A provider, and where it is asked. */
export interface CloudPlace {
  readonly name: string;
  readonly address: Address;
  /** The class of claims that its volumes are for. Default: it has none. */
  readonly volumeClass?: string;
  /** Where they can be. Default: nowhere. */
  readonly zones?: readonly string[];
}

/** What a loop's author writes: one control loop in its four steps. */
export interface LoopOptions<Desired, Observed, Difference, Memory> {
  /** Names its actor: `replica-set`. */
  readonly name: string;
  /** Who it is in Events: `replicaset-controller`. */
  readonly component: string;
  /** As which account of `kube-system` it writes; empty: as the manager itself. Default: that of its component's name. */
  readonly account?: string;
  readonly watches: readonly Watch<never, Memory>[];
  /** The feature that has to be on for a manager to run it. Default: it always does. */
  readonly gate?: FeatureGate;
  /** Default none. */
  readonly derived?: DerivedWatches;
  /** Keys that are worked on from the start, without any object. Default none. */
  readonly keys?: readonly string[];
  /** How many keys are worked on at a time. Default 5. */
  readonly workersMax?: number;
  /** Makes what it keeps from turn to turn. */
  begin?(settings: LoopSettings): Memory;
  /** Step 1. Obtains the desired state; undefined when the key's object is gone, or none of its business. */
  obtain(key: string, listers: Listers, turn: Turn<Memory>): Desired | undefined;
  /** Step 2. Observes the current state. */
  observe(desired: Desired, listers: Listers, turn: Turn<Memory>): Observed;
  /** Step 3. Determines what is different. */
  difference(desired: Desired, observed: Observed, turn: Turn<Memory>): Difference;
  /** Step 4. Plans the writes that reconcile the two. */
  reconcile(difference: Difference, turn: Turn<Memory>): Plan;
}

/** A control loop as a value. */
export interface Loop {
  readonly name: string;
  readonly component: string;
  /** Empty: the manager itself. */
  readonly account: string;
  readonly watches: readonly Watch<KubeObject>[];
  /** The feature that has to be on for a manager to run it. Absent: it always does. */
  readonly gate?: FeatureGate;
  readonly derived?: DerivedWatches;
  readonly keys: readonly string[];
  readonly workersMax: number;
  begin(settings: LoopSettings): unknown;
  /** All four steps: pure, from what the listers show to a plan; undefined when there is nothing under the key. */
  reconcile(key: string, listers: Listers, turn: Turn): Plan | undefined;
}

const workersMaxDefault = 5;

/**
 * Makes a loop from its four steps. A file in `loops/` that exports one is a controller of the cluster: the manager
 * runs it.
 *
 * @throws Error when two of its watches are of one kind
 *
 * @example
 * // loops/config_copier.ts: keeps a copy of each ConfigMap that asks for it.
 * export const configCopier = defineLoop<Frozen<ConfigMap>, Frozen<ConfigMap> | undefined, Frozen<ConfigMap> | undefined>({
 *   name: "config-copier",
 *   component: "config-copier",
 *   watches: [watch<ConfigMap>({ kind: configMap, keys: ({ object }) => [keyOf(object)] })],
 *   obtain: (key, listers) => listers.of(configMap).get(key),
 *   observe: ({ metadata }, listers) => listers.of(configMap).get(`copies/${metadata.name}`),
 *   difference: (desired, copy) => (copy || desired.metadata.namespace === "copies" ? undefined : copyOf(desired)),
 *   reconcile: (missing) => (missing ? { actions: [{ op: "create", kind: configMap, object: missing }] } : nothingToDo),
 * })
 */
export function defineLoop<Desired, Observed, Difference, Memory = undefined>(
  options: LoopOptions<Desired, Observed, Difference, Memory>,
): Loop {
  const {
    name,
    component,
    account = component,
    watches,
    derived,
    gate,
    keys = [],
    workersMax = workersMaxDefault,
  } = options;
  assertOneWatchForEach(name, watches);
  return Object.freeze({
    name,
    component,
    account,
    keys,
    workersMax,
    ...present({ derived, gate }),
    // Each watch is only ever given objects of its own kind, and each loop its own memory.
    watches: watches as unknown as readonly Watch<KubeObject>[],
    begin: (settings: LoopSettings) => options.begin?.(settings),
    reconcile(key: string, listers: Listers, anyTurn: Turn) {
      const turn = anyTurn as Turn<Memory>;
      const desired = options.obtain(key, listers, turn);
      if (desired === undefined) return undefined;
      const observed = options.observe(desired, listers, turn);
      return options.reconcile(options.difference(desired, observed, turn), turn);
    },
  });
}

/** A lister is found by its kind: of two watches of one kind, one would never be seen. */
function assertOneWatchForEach(name: string, watches: readonly Pick<Watch<never>, "kind">[]): void {
  const kinds = watches.map(({ kind: { group, plural } }) => `${group}/${plural}`);
  const twice = kinds.find((kind, index) => kinds.indexOf(kind) < index);
  if (twice === undefined) return;
  throw new Error(
    `Defining loop "${name}": it watches "${twice}" twice, make one watch of both, with an index for each`,
  );
}

/** Types a watch of one kind for a loop's list of watches. */
export function watch<T extends KubeObject, Memory = unknown>(options: Watch<T, Memory>): Watch<never, Memory> {
  return options as unknown as Watch<never, Memory>;
}
