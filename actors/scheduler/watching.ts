import { type CSINode, csiNode } from "../api/kinds/csi_node.ts";
import { type DeviceClass, deviceClass } from "../api/kinds/device_class.ts";
import { namespace } from "../api/kinds/namespace.ts";
import { node } from "../api/kinds/node.ts";
import { type PersistentVolume, persistentVolume } from "../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../api/kinds/persistent_volume_claim.ts";
import { pod } from "../api/kinds/pod.ts";
import { type PodDisruptionBudget, podDisruptionBudget } from "../api/kinds/pod_disruption_budget.ts";
import { replicaSet } from "../api/kinds/replica_set.ts";
import { type ResourceClaim, resourceClaim } from "../api/kinds/resource_claim.ts";
import { type ResourceSlice, resourceSlice } from "../api/kinds/resource_slice.ts";
import { service } from "../api/kinds/service.ts";
import { type StorageClass, storageClass } from "../api/kinds/storage_class.ts";
import type { KubeObject } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import { createInformer, type Informer } from "../client/informer.ts";
import type { Core } from "./core.ts";

/** Mirrors what a scheduler needs to see, and tells its core. */
export function watchCluster(client: ApiClient, core: Core): readonly Informer<KubeObject>[] {
  const nodes = createInformer({ client, kind: node });
  nodes.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.nodeGone(object.metadata.name, uptimeMs);
    else core.nodeSeen(object, uptimeMs);
  });
  // Pods that have ended use nothing of their nodes, so they are as good as gone.
  const pods = createInformer({ client, kind: pod, fieldSelector: "status.phase!=Succeeded,status.phase!=Failed" });
  pods.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.podGone(object, uptimeMs);
    else core.podSeen(object, uptimeMs);
  });
  const services = createInformer({ client, kind: service });
  services.onChange(({ type, object }) => {
    if (type === "deleted") core.related.removeService(object);
    else core.related.setService(object);
  });
  const replicaSets = createInformer({ client, kind: replicaSet });
  replicaSets.onChange(({ type, object }) => {
    if (type === "deleted") core.related.removeOwner(object);
    else core.related.setOwner(object);
  });
  const namespaces = createInformer({ client, kind: namespace });
  namespaces.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.related.removeNamespace(object);
    else core.related.setNamespace(object);
    core.namespaceChanged(uptimeMs);
  });
  const claims = createInformer<PersistentVolumeClaim>({ client, kind: persistentVolumeClaim });
  claims.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.related.volumes.removeClaim(object);
    else core.related.volumes.setClaim(object);
    core.claimChanged(object, uptimeMs);
  });
  const volumes = createInformer<PersistentVolume>({ client, kind: persistentVolume });
  volumes.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.related.volumes.removeVolume(object);
    else core.related.volumes.setVolume(object);
    core.volumesChanged("volume.change", uptimeMs);
  });
  const classes = createInformer<StorageClass>({ client, kind: storageClass });
  classes.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.related.volumes.removeClass(object);
    else core.related.volumes.setClass(object);
    core.volumesChanged("storage-class.change", uptimeMs);
  });
  const csiNodes = createInformer<CSINode>({ client, kind: csiNode });
  csiNodes.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") core.csiNodeGone(object);
    else core.csiNodeSeen(object, uptimeMs);
  });
  const deviceKinds = watchDevices(client, core);
  const budgets = createInformer<PodDisruptionBudget>({ client, kind: podDisruptionBudget });
  budgets.onChange(({ type, object }) => {
    if (type === "deleted") core.related.removeBudget(object);
    else core.related.setBudget(object);
  });
  // Nodes and what spreads pods first: pods that wait are then placed with all that is known.
  const others = [services, replicaSets, namespaces, claims, volumes, classes, csiNodes, ...deviceKinds, budgets];
  return [nodes, ...others, pods] as unknown as readonly Informer<KubeObject>[];
}

/** What pods have devices by: claims for them, the devices, and their classes. */
function watchDevices(client: ApiClient, core: Core): readonly Informer<KubeObject>[] {
  const { devices } = core.related;
  const claims = createInformer<ResourceClaim>({ client, kind: resourceClaim });
  claims.onChange(({ type, object, previous }, { uptimeMs }) => {
    if (type === "deleted") devices.removeClaim(object);
    else devices.setClaim(object);
    const { namespace = "", name } = object.metadata;
    const had = (type === "deleted" ? object : previous)?.status?.allocation !== undefined;
    const isFreed = had && (type === "deleted" || object.status?.allocation === undefined);
    core.deviceClaimChanged({ namespace, name, isFreed }, uptimeMs);
  });
  const slices = createInformer<ResourceSlice>({ client, kind: resourceSlice });
  slices.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") devices.removeSlice(object);
    else devices.setSlice(object);
    core.devicesChanged("resource-slice.change", uptimeMs);
  });
  const classes = createInformer<DeviceClass>({ client, kind: deviceClass });
  classes.onChange(({ type, object }, { uptimeMs }) => {
    if (type === "deleted") devices.removeClass(object);
    else devices.setClass(object);
    core.devicesChanged("device-class.change", uptimeMs);
  });
  return [claims, slices, classes] as unknown as readonly Informer<KubeObject>[];
}
