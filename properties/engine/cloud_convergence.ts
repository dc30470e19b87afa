import type { PersistentVolume } from "../../actors/api/kinds/persistent_volume.ts";
import type { VolumeAttachment } from "../../actors/api/kinds/volume_attachment.ts";
import type { Node, Service } from "../../actors/api/types.ts";
import { rentedIn } from "./clouds_of_run.ts";
import type { World } from "./world.ts";

/** What keeps rented things from being as the cluster wants them: computers without a node, Services without an address. */
export function unconvergedCloud(world: World): string | undefined {
  if (!world.definition.topology.clouds) return undefined;
  const { running } = rentedIn(world);
  const nodes = new Set(world.list<Node>("/registry/minions/").map(({ spec }) => spec.providerID));
  for (const [id, { node }] of running) if (!nodes.has(id)) return `the instance ${id} of ${node} is no node`;
  for (const id of nodes) if (id !== undefined && !running.has(id)) return `the node ${id} has no instance`;
  const volume = unconvergedVolume(world);
  if (volume !== undefined) return volume;
  for (const { metadata, spec, status } of world.list<Service>("/registry/services/specs/")) {
    if (metadata.deletionTimestamp !== undefined) return `Service ${metadata.name} is still going`;
    const isTold = (status?.loadBalancer?.ingress ?? []).length > 0;
    if (spec.type === "LoadBalancer" && !isTold) return `Service ${metadata.name} has no load balancer`;
  }
  return undefined;
}

/** What is rented of volumes beside what the cluster has written down of them, and where they are. */
export function unconvergedVolume(world: World): string | undefined {
  const written = world.list<PersistentVolume>("/registry/persistentvolumes/");
  const attachments = world.list<VolumeAttachment>("/registry/volumeattachments/");
  for (const [driver, volumes] of rentedIn(world).volumes) {
    for (const { name, instance } of volumes) {
      if (!written.some(({ metadata }) => metadata.name === name)) return `the volume ${name} is rented for nobody`;
      const attachment = attachments.find(({ spec }) => spec.source.persistentVolumeName === name);
      const at = attachment?.status?.attached ? attachment.metadata.annotations?.[nodeIdAnnotation] : undefined;
      if (at !== instance)
        return `the volume ${name} is at ${instance ?? "no instance"}, and is written down to be at ${at}`;
    }
    const lost = written.find(
      ({ metadata, spec }) => spec.csi?.driver === driver && !volumes.some(({ name }) => name === metadata.name),
    );
    if (lost) return `the volume ${lost.metadata.name} is not rented`;
  }
  return undefined;
}

const nodeIdAnnotation = "csi.alpha.kubernetes.io/node-id";
