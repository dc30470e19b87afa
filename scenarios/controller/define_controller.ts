import type { Frozen, KubeObject } from "../../actors/api/types.ts";
import type { Kind } from "../../actors/client/api_request.ts";

/** What a reconciler of one's own is given for one key. */
export interface ReconcileContext<T extends KubeObject = KubeObject> {
  readonly namespace: string;
  readonly name: string;
  /** The object as the controller's mirror shows it; undefined when it is not there. */
  readonly object: Frozen<T> | undefined;
  /** What the mirror of a watched kind shows, by its plural. It may lag. */
  mirror(plural: string): readonly Frozen<KubeObject>[];
  /**
   * A client of the API in the shape of @kubernetes/client-node's classes: `api<CoreV1Api>("CoreV1Api")`. Its promises
   * are settled by the simulation, in its order; who awaits anything else is told so.
   */
  api<Api>(name: string): Api;
  /** Lost when the controller crashes: keep what must be so here, and not in a module's variables. */
  readonly memory: Map<string, unknown>;
  readonly nowMs: number;
}

/** When to look again; undefined: when something changes. */
// biome-ignore lint/suspicious/noConfusingVoidType: a reconciler that returns nothing has nothing to say
export type ReconcileResult = { readonly againAfterMs: number } | undefined | void;

/** A kind that a controller mirrors, and whose changes are looked at. */
export interface WatchedKind {
  readonly kind: Kind;
  /** Which keys (`namespace/name`) to work on when one of its objects changes. Default: none. */
  keys?(object: Frozen<KubeObject>): readonly string[];
}

/** A controller of one's own, as a value. */
export interface ControllerDefinition<T extends KubeObject = KubeObject> {
  readonly name: string;
  /** What it is about: its keys are these objects. */
  readonly about: Kind;
  readonly watches?: readonly WatchedKind[];
  /** How many keys are worked on at a time. Default 1, as controller-runtime's. */
  readonly workersMax?: number;
  /** May be async; what it throws is tried again, later and later. */
  reconcile(context: ReconcileContext<T>): ReconcileResult | Promise<ReconcileResult>;
}

/**
 * Makes a controller of one's own, which `troupe test-controller --simulate FILE` runs in simulation, exact to a seed.
 *
 * @example
 * export default defineController<Site>({
 *   name: "site-operator",
 *   about: customKind({ group: "example.com", version: "v1", kind: "Site", plural: "sites" }),
 *   async reconcile({ object, api }) {
 *     if (!object) return;
 *     await api<CoreV1Api>("CoreV1Api").createNamespacedConfigMap({ namespace: "default", body: pageOf(object) });
 *   },
 * });
 */
export function defineController<T extends KubeObject = KubeObject>(
  definition: ControllerDefinition<T>,
): ControllerDefinition {
  return Object.freeze(definition) as unknown as ControllerDefinition;
}

/** A kind that is not Kubernetes' own, or one of it, by its names. */
export function customKind({
  namespaced = true,
  ...names
}: Pick<Kind, "group" | "version" | "kind" | "plural"> & { readonly namespaced?: boolean }): Kind {
  return { ...names, namespaced };
}
