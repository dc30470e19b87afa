import { persistentVolume } from "../../api/kinds/persistent_volume.ts";
import { persistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { type Frozen, type KubeObject, keyOf } from "../../api/types.ts";
import { isFullyBound, isReachable, isVolumeFor, volumeAnnotations } from "../../api/volume_binding.ts";
import type { PluginWrite, Readiness } from "../framework.ts";
import type { NodeInfo } from "../node_info.ts";
import type { Assumption, Claim, Volume, VolumeView } from "./volume_index.ts";

/** The writes that tell the binder, and who makes volumes, what was decided; each is refused if its object has changed. */
export function claimWrites({ bindings, provisions, node }: Assumption): PluginWrite[] {
  return [
    ...bindings.filter(({ claim, volume }) => !isKeptFor(volume, claim)).map(keepingWrite),
    ...provisions.filter((claim) => nodeChosen(claim) !== node).map((claim) => choosingWrite(claim, node)),
  ];
}

function isKeptFor(volume: Volume, claim: Claim): boolean {
  return volume.spec.claimRef?.uid === claim.metadata.uid;
}

function nodeChosen({ metadata }: Claim): string | undefined {
  return metadata.annotations?.[volumeAnnotations.selectedNode];
}

function keepingWrite({ claim, volume }: Assumption["bindings"][number]): PluginWrite {
  const { namespace = "", name, uid = "", resourceVersion = "" } = claim.metadata;
  const annotations = { ...volume.metadata.annotations };
  if (!volume.spec.claimRef) annotations[volumeAnnotations.boundByController] = "yes";
  const claimRef = { kind: "PersistentVolumeClaim", apiVersion: "v1", namespace, name, uid, resourceVersion };
  const object = {
    ...volume,
    metadata: { ...volume.metadata, annotations },
    spec: { ...volume.spec, claimRef },
  };
  return { ...updateOf(persistentVolume), namespace: "", name: volume.metadata.name, body: JSON.stringify(object) };
}

function choosingWrite(claim: Claim, node: string): PluginWrite {
  const { namespace = "", name, annotations } = claim.metadata;
  const metadata = { ...claim.metadata, annotations: { ...annotations, [volumeAnnotations.selectedNode]: node } };
  return { ...updateOf(persistentVolumeClaim), namespace, name, body: JSON.stringify({ ...claim, metadata }) };
}

function updateOf({ plural }: { readonly plural: string }) {
  return { verb: "update", group: "", version: "v1", resource: plural } as const;
}

/** Looks how far the claims of a pod are that was given a node. */
export function readinessOf(assumption: Assumption, node: NodeInfo | undefined, volumes: VolumeView): Readiness {
  const claims = [...assumption.bindings.map(({ claim }) => claim), ...assumption.provisions];
  let readiness: Readiness = "ready";
  for (const { metadata } of claims) {
    const claim = volumes.claim(metadata.namespace ?? "", metadata.name);
    if (claim?.metadata.uid !== metadata.uid || claim === undefined) {
      return { failure: `persistentvolumeclaim ${JSON.stringify(metadata.name)} not found` };
    }
    const volume = volumes.volume(claim.spec.volumeName ?? "");
    if (volume && node && !isReachable(volume, node)) {
      return {
        failure: `pv ${JSON.stringify(volume.metadata.name)} node affinity doesn't match node ${JSON.stringify(node.name)}`,
      };
    }
    if (isFullyBound(claim)) continue;
    const lost = promiseLost(assumption, claim, volumes);
    if (lost !== undefined) return { failure: lost };
    readiness = "not yet";
  }
  return readiness;
}

/** Whether what was written was seen, and is there no more: then who was to act on it has given up. */
function promiseLost({ bindings, seen, node }: Assumption, claim: Claim, volumes: VolumeView): string | undefined {
  const key = keyOf(claim as Frozen<KubeObject>);
  const binding = bindings.find((each) => each.claim.metadata.uid === claim.metadata.uid);
  const volume = binding && volumes.volume(binding.volume.metadata.name);
  const isKept = binding ? volume !== undefined && isVolumeFor(volume, claim) : nodeChosen(claim) === node;
  if (isKept) seen.add(key);
  if (isKept || !seen.has(key)) return undefined;
  if (binding) return `ClaimRef got reset for pv ${JSON.stringify(binding.volume.metadata.name)}`;
  return `provisioning failed for PVC ${JSON.stringify(claim.metadata.name)}`;
}
