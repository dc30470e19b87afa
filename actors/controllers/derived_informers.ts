import type { Step } from "../../runtime/mod.ts";
import type { Frozen, KubeObject } from "../api/types.ts";
import type { Kind } from "../client/api_request.ts";
import type { Change, Informer } from "../client/informer.ts";
import type { DerivedWatches, Watch } from "./loop.ts";

/** The mirrors of what a loop watches because of other objects: kinds that come and go with their definitions. */
export interface DerivedInformers {
  /** The kinds that are mirrored now. */
  readonly kinds: readonly Kind[];
  find(kind: Pick<Kind, "group" | "plural">): Informer<KubeObject> | undefined;
  /** Brings the mirrors in line with an object that they are derived from. */
  follow(change: Change<KubeObject>, step: Step): void;
  /** For how long one of them may still be waited for; undefined when none is. */
  fillsForMs(uptimeMs: number): number | undefined;
  start(step: Step): void;
  stop(step: Step): void;
  /** Nothing waits for them at the start: no server may serve such a kind yet. */
  synced(): boolean;
}

/** What a derived mirror is made of. */
export interface DerivedInformersOptions {
  readonly derived: DerivedWatches | undefined;
  /** Makes the mirror of a watch; it is started by who calls. */
  create(watch: Watch<KubeObject>): Informer<KubeObject>;
}

interface Derived {
  readonly informer: Informer<KubeObject>;
  /** The objects that bring it. */
  readonly sources: Set<string>;
  /** Until when plans wait for its first list. */
  waitUntilMs: number;
}

/** As long as Kubernetes' collector waits for its monitors: a kind that is never served must not stop everything. */
const fillMsMax = 30_000;

/** Makes the set of derived mirrors, still empty. */
export function createDerivedInformers({ derived, create }: DerivedInformersOptions): DerivedInformers {
  const byId = new Map<string, Derived>();
  const idsBySource = new Map<string, ReadonlySet<string>>();
  const all = (): Derived[] => [...byId.values()];

  function follow({ type, object }: Change<KubeObject>, step: Step): void {
    const source = object.metadata.uid ?? "";
    const before = idsBySource.get(source);
    const wanted = new Map(watchesOf(type, object).map((each) => [idOf(each.kind), each]));
    for (const id of before ?? []) if (!wanted.has(id)) leave(id, source, step);
    for (const [id, watch] of wanted) {
      const known = byId.get(id);
      known?.sources.add(source);
      if (known) continue;
      const informer = create(watch);
      byId.set(id, { informer, sources: new Set([source]), waitUntilMs: step.uptimeMs + fillMsMax });
      informer.start(step);
    }
    if (wanted.size > 0) idsBySource.set(source, new Set(wanted.keys()));
    else idsBySource.delete(source);
  }

  function leave(id: string, source: string, step: Step): void {
    const known = byId.get(id);
    known?.sources.delete(source);
    if (!known || known.sources.size > 0) return;
    known.informer.stop(step);
    byId.delete(id);
  }

  function watchesOf(type: Change<KubeObject>["type"], object: Frozen<KubeObject>): readonly Watch<KubeObject>[] {
    return type === "deleted" ? [] : (derived?.watchesOf(object) ?? []);
  }

  return {
    get kinds() {
      return all().map(({ informer }) => informer.kind);
    },
    find: ({ group, plural }) =>
      all().find(({ informer: { kind } }) => kind.group === group && kind.plural === plural)?.informer,
    follow,
    fillsForMs(uptimeMs) {
      const left = all().flatMap(({ informer, waitUntilMs }) => (informer.synced() ? [] : [waitUntilMs - uptimeMs]));
      const longest = Math.max(0, ...left);
      return longest > 0 ? longest : undefined;
    },
    start(step) {
      for (const each of all()) {
        each.waitUntilMs = step.uptimeMs + fillMsMax;
        each.informer.start(step);
      }
    },
    stop(step) {
      for (const { informer } of all()) informer.stop(step);
    },
    synced: () => true,
  };
}

function idOf({ group, version, plural }: Kind): string {
  return `${group}/${version}/${plural}`;
}
