import type { Step } from "../../../runtime/mod.ts";
import type { AskUsage, NodeUsage, PodUsage } from "../../kubelet/messages.ts";
import type { Server } from "../server.ts";

/** Who asks again within this is told the same: several autoscalers look at the pods of one node. */
const freshMs = 2_000;
const patienceMs = 3_000;
/** Nodes that are asked at a time. */
const asksMax = 64;

/** What nodes use, those that answer; by their names. */
export type UsageThen = (usage: ReadonlyMap<string, NodeUsage>, step: Step) => void;

/** Of which nodes it is wanted. */
export interface UsageWish {
  readonly nodes: Iterable<string>;
  readonly done: UsageThen;
  /** Volumes are measured anew. Default: they are not measured. */
  readonly isWithVolumes?: boolean;
}

/** Asks the kubelets of nodes what their pods use; who does not answer is left out. */
export function nodeUsage(server: Server, { nodes, done, isWithVolumes = false }: UsageWish, step: Step): void {
  const { input, asks, knownUsage } = server;
  const found = new Map<string, NodeUsage>();
  const unknown: string[] = [];
  for (const node of new Set(nodes)) {
    const known = knownUsage.get(node);
    if (known && !isWithVolumes && step.uptimeMs - known.atUptimeMs < freshMs) found.set(node, known.usage);
    else unknown.push(node);
  }
  const question: AskUsage = { type: "kubelet.usage", ...(isWithVolumes ? { isWithVolumes } : {}) };
  let underWay = 0;
  const next = (later: Step) => {
    while (input.kubelets !== undefined && underWay < asksMax) {
      const node = unknown.shift();
      if (node === undefined) break;
      underWay++;
      const ask = later.ask(`${input.kubelets}${node}`, question, patienceMs);
      asks.wait<NodeUsage>(ask, (answer, when) => {
        underWay--;
        if (answer.ok) {
          found.set(node, answer.value);
          knownUsage.set(node, { atUptimeMs: when.uptimeMs, usage: answer.value });
        } else knownUsage.delete(node);
        next(when);
      });
    }
    if (underWay === 0) done(found, later);
  };
  next(step);
}

/** The use of all pods, by uid. */
export function usageByPod(usage: ReadonlyMap<string, NodeUsage>): ReadonlyMap<string, PodUsage> {
  return new Map([...usage.values()].flatMap(({ pods }) => pods.map((pod) => [pod.uid, pod] as const)));
}
