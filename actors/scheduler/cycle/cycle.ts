import type { Cache, Supposition } from "../cache.ts";
import { type CycleContext, type Failure, type Rejection, type Remedy, unresolvable } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { PodInfo } from "../pod_info.ts";
import type { Related } from "../related.ts";
import { feasibleMax, filterNode, type PluginRejection, type PreparedFilters, prepareFilters } from "./filtering.ts";
import { fitMessage, noNodesMessage } from "./fit_error.ts";
import type { Nominator } from "./nominator.ts";
import type { Profile } from "./profile.ts";
import { pickBest, scoreNodes } from "./scoring.ts";

/** What an attempt to place a pod came to. */
export type Attempt =
  | { readonly placed: true; readonly node: string; readonly feasible: number }
  | {
      readonly placed: false;
      readonly message: string;
      /** The plugins whose events are worth another attempt; none when it was no plugin's doing. */
      readonly plugins: readonly string[];
      /** Room is made here by evicting these. */
      readonly preemption?: { readonly node: string; readonly victims: readonly PodInfo[] };
      /** Room that was made before is of no use; absent: it may still be. */
      readonly isHopeless?: boolean;
    };

/** What a cycle works on. */
export interface CycleOptions {
  profileOf(pod: PodInfo): Profile;
  readonly cache: Cache;
  readonly related: Related;
  readonly nominator: Nominator;
}

/** The instant and the luck of one attempt. */
export interface Chance {
  readonly nowMs: number;
  /** A whole number in [0, below). */
  int(below: number): number;
}

/** Decides where pods go. */
export interface Cycle {
  attempt(pod: PodInfo, chance: Chance): Attempt;
}

const notTried = unresolvable("node(s) didn't satisfy plugin");

/** Makes the scheduling cycle; all it remembers from pod to pod is at which node to go on. */
export function createCycle({ profileOf, cache, related, nominator }: CycleOptions): Cycle {
  let startAt = 0;

  function attempt(pod: PodInfo, chance: Chance): Attempt {
    const context: CycleContext = { view: cache, related, nowMs: chance.nowMs };
    const nodes = cache.nodes();
    const profile = profileOf(pod);
    // The first node of all may suit any plugin, so each one's interest in new nodes wakes the pod.
    if (nodes.length === 0)
      return {
        ...{ placed: false, message: noNodesMessage, isHopeless: true },
        plugins: profile.filters.map(({ name }) => name),
      };
    const prepared = prepareFilters(profile.filters, pod, context);
    if ("rejection" in prepared) return rejectedByAll(prepared, { pod, context, chance });
    const rejections = new Map<string, PluginRejection>();
    const feasible = findFeasible(prepared, { pod, nodes, rejections, context });
    if (feasible.length === 0) return rejected(prepared, { rejections, pod, context, chance });
    const [only] = feasible;
    if (feasible.length === 1 && only) return { placed: true, node: only.name, feasible: 1 };
    const scores = scoreNodes(profile.scorers, { pod, nodes: feasible }, context);
    const best = feasible[pickBest(scores, chance.int)];
    return { placed: true, node: best?.name ?? "", feasible: feasible.length };
  }

  /** Tries nodes, from where the last pod's search ended, until enough fit; the nominated one goes first and alone. */
  function findFeasible(prepared: PreparedFilters, { pod, nodes, rejections, context }: Search): NodeInfo[] {
    const nominated = cache.node(nominator.nodeOf(pod.uid) ?? "");
    if (nominated?.node && isCandidate(prepared, nominated)) {
      if (!filterCrowded(prepared, { pod, node: nominated, context })) return [nominated];
    }
    const candidates = prepared.nodes ? namedNodes(prepared.nodes) : nodes;
    const enough = feasibleMax(candidates.length, profileOf(pod).percentageOfNodesToScore);
    const feasible: NodeInfo[] = [];
    const from = startAt % nodes.length;
    let tried = 0;
    for (; tried < candidates.length && feasible.length < enough; tried++) {
      const node = candidates[(from + tried) % candidates.length];
      if (!node) continue;
      const rejection = filterCrowded(prepared, { pod, node, context });
      if (rejection) rejections.set(node.name, rejection);
      else feasible.push(node);
    }
    startAt = (from + tried) % nodes.length;
    return feasible;
  }

  function namedNodes(names: ReadonlySet<string>): NodeInfo[] {
    return [...names].flatMap((name) => {
      const node = cache.node(name);
      return node?.node ? [node] : [];
    });
  }

  /** Filters as if the pods for which room is made on the node were there, unless they count for less. */
  function filterCrowded(prepared: PreparedFilters, { pod, node, context }: OneNode): PluginRejection | undefined {
    const including = nominatedOn(node, pod);
    const crowded = including && filterSupposing({ node, including }, { pod, context });
    return crowded ?? filterNode(prepared, pod, node);
  }

  /** The pods that are to come to the node and count for as much as this one; none: undefined. */
  function nominatedOn(node: NodeInfo, pod: PodInfo): readonly PodInfo[] | undefined {
    if (nominator.size === 0) return undefined;
    const including = [...nominator.on(node.name)].filter(
      ({ uid, priority }) => uid !== pod.uid && priority >= pod.priority && !node.pods.has(uid),
    );
    return including.length === 0 ? undefined : including;
  }

  function filterSupposing(supposition: Supposition, { pod, context }: Omit<OneNode, "node">) {
    return cache.supposing(supposition, () => {
      const prepared = prepareFilters(profileOf(pod).filters, pod, context);
      return "rejection" in prepared ? prepared : filterNode(prepared, pod, supposition.node);
    });
  }

  /** Filters a node as if pods had gone: beside those for which room is made there, and without them, too. */
  function filterWithout(prepared: PreparedFilters | undefined, supposition: Supposition, request: Request) {
    const { node } = supposition;
    const including = nominatedOn(node, request.pod);
    const crowded = including && filterSupposing({ ...supposition, including }, request);
    if (crowded) return crowded;
    // Who has nothing to say of all pods has nothing to say of fewer.
    if (!prepared || prepared.filters.some(({ plugin }) => plugin.countsPods))
      return filterSupposing(supposition, request);
    return cache.supposing({ ...supposition, isNodeOnly: true }, () => filterNode(prepared, request.pod, node));
  }

  function rejectedByAll({ plugin, rejection }: PluginRejection, request: Request): Attempt {
    const remedy = seekRemedy(() => rejection, request, undefined);
    const message = fitMessage({
      nodesTotal: cache.nodes().length,
      rejections: [],
      preFilterMessage: rejection.reasons.join(", "),
      postFilterMessage: remedy.message,
    });
    return { placed: false, message, plugins: [plugin], ...remedy.found };
  }

  function rejected(prepared: PreparedFilters, { rejections, ...request }: Request & Rejected): Attempt {
    const narrowed = narrowedReason(prepared);
    const remedy = seekRemedy((node) => rejections.get(node)?.rejection ?? narrowed, request, prepared);
    const plugins = new Set(prepared.narrowedBy);
    for (const { plugin } of rejections.values()) plugins.add(plugin);
    const all = cache.nodes().map(({ name }) => rejections.get(name)?.rejection ?? narrowed);
    const message = fitMessage({ nodesTotal: all.length, rejections: all, postFilterMessage: remedy.message });
    return { placed: false, message, plugins: [...plugins], ...remedy.found };
  }

  /** Runs postFilter: the first plugin that can make room does; what the others say is joined. */
  function seekRemedy(
    rejectionOf: (node: string) => Rejection,
    request: Request,
    prepared: PreparedFilters | undefined,
  ): FoundRemedy {
    const { pod, context, chance } = request;
    const failure: Failure = {
      context,
      rejectionOf,
      int: chance.int,
      fits: (supposition) => filterWithout(prepared, supposition, request)?.rejection,
      nominatedNode: nominator.nodeOf(pod.uid),
    };
    const messages: string[] = [];
    let isHopeless = false;
    for (const { postFilter } of profileOf(pod).postFilters) {
      const remedy: Remedy | undefined = postFilter?.(pod, failure);
      if (remedy && "node" in remedy) return { message: undefined, found: { preemption: remedy } };
      if (!remedy) continue;
      messages.push(...remedy.rejection.reasons);
      isHopeless ||= remedy.isHopeless === true;
    }
    return { message: messages.join(", "), found: isHopeless ? { isHopeless } : {} };
  }

  return { attempt };
}

interface Request {
  readonly pod: PodInfo;
  readonly context: CycleContext;
  readonly chance: Chance;
}

interface Rejected {
  readonly rejections: ReadonlyMap<string, PluginRejection>;
}

interface Search {
  readonly pod: PodInfo;
  readonly nodes: readonly NodeInfo[];
  readonly rejections: Map<string, PluginRejection>;
  readonly context: CycleContext;
}

interface OneNode {
  readonly pod: PodInfo;
  readonly node: NodeInfo;
  readonly context: CycleContext;
}

interface FoundRemedy {
  readonly message: string | undefined;
  readonly found: Pick<Attempt & { placed: false }, "preemption" | "isHopeless">;
}

function isCandidate({ nodes }: PreparedFilters, { name }: NodeInfo): boolean {
  return nodes === undefined || nodes.has(name);
}

/** What is said of nodes that preFilter ruled out. */
function narrowedReason({ narrowedBy }: PreparedFilters): Rejection {
  if (narrowedBy.length === 0) return notTried;
  return unresolvable(`node(s) didn't satisfy plugin(s) [${narrowedBy.join(" ")}]`);
}
