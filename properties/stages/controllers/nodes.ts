import { formatMicroTime, formatTime } from "../../../actors/api/time.ts";
import type { ControllerLab } from "./lab.ts";

/** Virtual time begins here in labs. */
const startMs = Date.UTC(2026, 0, 1);
const leaseNamespace = "kube-node-lease";

function now(lab: ControllerLab): number {
  return startMs + lab.simulation.uptimeMs();
}

/** Registers nodes that are ready, as their kubelets would. */
export function addNodes(lab: ControllerLab, names: readonly string[], labels: Record<string, string> = {}): void {
  for (const name of names) {
    const at = formatTime(now(lab));
    const status = {
      conditions: [
        { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: at, lastTransitionTime: at },
      ],
    };
    lab.call("create", "nodes", { body: { apiVersion: "v1", kind: "Node", metadata: { name, labels }, status } });
    const lease = {
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name, namespace: leaseNamespace },
      spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(now(lab)) },
    };
    lab.call("create", "leases", { namespace: leaseNamespace, body: lease });
  }
}

/** Lets time pass while these nodes' kubelets, and no others, renew their leases and write their status. */
export function beat(lab: ControllerLab, names: readonly string[], ms: number): void {
  const merge = { contentType: "application/merge-patch+json" } as const;
  for (let passed = 0; passed < ms; passed += 10_000) {
    for (const name of names) {
      const at = formatTime(now(lab));
      const spec = { renewTime: formatMicroTime(now(lab)) };
      lab.call("patch", "leases", { namespace: leaseNamespace, name, body: { spec }, ...merge });
      const ready = { type: "Ready", status: "True", reason: "KubeletReady", lastHeartbeatTime: at };
      const body = { status: { conditions: [ready] } };
      const contentType = "application/strategic-merge-patch+json";
      lab.call("patch", "nodes", { name, subresource: "status", body, contentType });
    }
    lab.simulation.advance(Math.min(10_000, ms - passed));
  }
}

/** The NoExecute taints of a node, by key. */
export function evictingTaints(lab: ControllerLab, name: string): string[] {
  const { taints = [] } = lab.call("get", "nodes", { name }).body.spec;
  return taints.flatMap((each: { key: string; effect: string }) => (each.effect === "NoExecute" ? [each.key] : []));
}

/** Creates a pod that is bound to a node already. */
export function addPodOn(lab: ControllerLab, name: string, nodeName: string, spec: object = {}): void {
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: { nodeName, containers: [{ name: "c", image: "web:1" }], terminationGracePeriodSeconds: 0, ...spec },
  };
  lab.call("create", "pods", { namespace: "default", body });
}
