import type { Step } from "../../../runtime/mod.ts";
import { type CSINode, csiNode } from "../../api/kinds/csi_node.ts";
import { diskDriver } from "../../storage/messages.ts";
import { after, type KubeletData } from "../data.ts";
import type { VolumeDriver } from "../messages.ts";

const migratedAnnotation = "storage.alpha.kubernetes.io/migrated-plugins";
const retryFirstMs = 500;
const retryMaxMs = 30_000;

/** Tells which drivers of volumes the node has, for the scheduler to count by; tries until it has succeeded. */
export function sayDrivers(data: KubeletData, step: Step, retryMs = retryFirstMs): void {
  const { uid } = data.node;
  const { hasCsiNode = false, volumeDriver } = data.input;
  if (!(hasCsiNode || volumeDriver) || uid === undefined) return;
  const object = driversOf(data, uid);
  // The node may have been registered anew by then, which has it said anew.
  const retry = (later: Step) =>
    after(data, later, retryMs, (again) => {
      if (data.node.uid === uid) sayDrivers(data, again, Math.min(retryMs * 2, retryMaxMs));
    });
  data.client.create<CSINode>(step, { kind: csiNode, object }, (outcome, later) => {
    if (outcome.ok) return;
    if (outcome.failure.code !== 409) return void retry(later);
    data.client.get<CSINode>(later, { kind: csiNode, name: data.input.node }, (found, now) => {
      if (!found.ok) return void retry(now);
      if (found.value.metadata.ownerReferences?.some((owner) => owner.uid === uid)) return;
      // It is of another node that bore this name: a driver's entry cannot be changed.
      data.client.remove(now, { kind: csiNode, name: data.input.node }, (_gone, last) => retry(last));
    });
  });
}

/** Sources of volumes that were built in once, and are the business of drivers now. */
const migrated = ["aws-ebs", "azure-disk", "azure-file", "cinder", "gce-pd", "portworx-volume", "vsphere-volume"];

function driversOf({ input }: KubeletData, uid: string): CSINode {
  const { node, machine = node, hasCsiNode = false, volumeDriver } = input;
  const annotations = { [migratedAnnotation]: migrated.map((each) => `kubernetes.io/${each}`).join(",") };
  const own = { name: diskDriver, nodeID: node };
  const drivers = volumeDriver ? [rented(volumeDriver, machine)] : [];
  return {
    apiVersion: "storage.k8s.io/v1",
    kind: "CSINode",
    metadata: {
      ...{ name: node, ...(hasCsiNode ? { annotations } : {}) },
      ownerReferences: [{ apiVersion: "v1", kind: "Node", name: node, uid }],
    },
    spec: { drivers: hasCsiNode ? [own, ...drivers] : drivers },
  };
}

function rented({ name, topologyKeys, attachMax }: VolumeDriver, nodeID: string) {
  return { name, nodeID, topologyKeys: [...topologyKeys], allocatable: { count: attachMax } };
}
