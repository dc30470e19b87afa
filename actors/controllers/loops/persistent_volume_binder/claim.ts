import { type PersistentVolume, persistentVolume } from "../../../api/kinds/persistent_volume.ts";
import { type PersistentVolumeClaim, persistentVolumeClaim } from "../../../api/kinds/persistent_volume_claim.ts";
import { type StorageClass, storageClass } from "../../../api/kinds/storage_class.ts";
import { defaultClassOf, waitsForConsumer } from "../../../api/storage_classes.ts";
import { type Frozen, keyOf } from "../../../api/types.ts";
import {
  classNameOf,
  isVolumeFor,
  mismatchOf,
  noProvisioner,
  volumeAnnotations,
  volumeFor,
} from "../../../api/volume_binding.ts";
import type { Report } from "../../../client/report.ts";
import type { Listers } from "../../loop.ts";
import type { Action, Plan } from "../../plan.ts";
import { bindingActions, claimPhase } from "./binding.ts";

type Claim = Frozen<PersistentVolumeClaim>;
type Volume = Frozen<PersistentVolume>;
type Class = Frozen<StorageClass>;

/** A claim that wants a volume. */
export interface ClaimDesire {
  readonly about: "claim";
  readonly claim: Claim;
}

/** A claim and all that its binding depends on. */
export interface ClaimScene extends ClaimDesire {
  /** The class that it names. */
  readonly class: Class | undefined;
  /** The class of claims that name none. */
  readonly defaultClass: Class | undefined;
  /** The volume that it names. */
  readonly named: Volume | undefined;
  /** Volumes that may be meant for it. */
  readonly volumes: readonly Volume[];
}

/** What is to become of a claim. */
export type ClaimVerdict = ClaimDesire &
  (
    | { readonly do: "bind"; readonly volume: Volume }
    | { readonly do: "classify"; readonly className: string }
    | { readonly do: "provision"; readonly provisioner: string }
    /** It stays as it is, in this phase; an event may say why. */
    | { readonly do: "say"; readonly phase: "Pending" | "Lost"; readonly event?: Said; readonly always?: boolean }
  );

type Said = Pick<Report, "type" | "reason" | "message">;

const awaitedEvent: Said = {
  type: "Normal",
  reason: "WaitForFirstConsumer",
  message: "waiting for first consumer to be created before binding",
};
const noneEvent: Said = {
  type: "Normal",
  reason: "FailedBinding",
  message: "no persistent volumes available for this claim and no storage class is set",
};

/** Looks at what a claim's binding depends on. */
export function seeClaim({ claim }: ClaimDesire, listers: Listers): ClaimScene {
  const classes = listers.of<StorageClass>(storageClass);
  const all = listers.of<PersistentVolume>(persistentVolume);
  const { storageClassName, volumeName = "" } = claim.spec;
  const kept = all.by("claim", keyOf(claim));
  return {
    about: "claim",
    claim,
    class: storageClassName ? classes.get(storageClassName) : undefined,
    defaultClass: storageClassName === undefined ? defaultClassOf(classes.values()) : undefined,
    named: volumeName === "" ? undefined : all.get(volumeName),
    volumes: volumeName === "" ? [...kept, ...all.by("class", storageClassName ?? "")] : [],
  };
}

/** Decides about a claim. */
export function judgeClaim(scene: ClaimScene): ClaimVerdict {
  const isBound = scene.claim.metadata.annotations?.[volumeAnnotations.bindCompleted] !== undefined;
  if (isBound) return judgeBound(scene);
  return scene.claim.spec.volumeName ? judgeNaming(scene) : judgeOpen(scene);
}

/** It has been bound before, and is to stay so. */
function judgeBound({ claim, named }: ClaimScene): ClaimVerdict {
  const lost = (reason: string, message: string): ClaimVerdict => ({
    about: "claim",
    claim,
    do: "say",
    phase: "Lost",
    event: { type: "Warning", reason, message },
  });
  if (!claim.spec.volumeName) {
    return lost("ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!");
  }
  if (!named) return lost("ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!");
  if (!named.spec.claimRef || named.spec.claimRef.uid === claim.metadata.uid) {
    return { about: "claim", claim, do: "bind", volume: named };
  }
  return lost("ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly");
}

/** It asks for a volume by name. */
function judgeNaming({ claim, named }: ClaimScene): ClaimVerdict {
  const waits = (event?: Said): ClaimVerdict => ({
    about: "claim",
    claim,
    do: "say",
    phase: "Pending",
    ...(event && { event, always: true }),
  });
  if (!named) return waits();
  const { name } = named.metadata;
  if (!named.spec.claimRef) {
    const wrong = mismatchOf(named, claim);
    if (wrong === undefined) return { about: "claim", claim, do: "bind", volume: named };
    const message = `Cannot bind to requested volume ${JSON.stringify(name)}: ${wrong}`;
    return waits({ type: "Warning", reason: "VolumeMismatch", message });
  }
  if (isVolumeFor(named, claim)) return { about: "claim", claim, do: "bind", volume: named };
  const message = `volume ${JSON.stringify(name)} already bound to a different claim.`;
  return waits({ type: "Warning", reason: "FailedBinding", message });
}

/** It takes any volume that is what it asks for. */
function judgeOpen(scene: ClaimScene): ClaimVerdict {
  const { claim, volumes, defaultClass } = scene;
  if (defaultClass && claim.metadata.deletionTimestamp === undefined) {
    return { about: "claim", claim, do: "classify", className: defaultClass.metadata.name };
  }
  const isDelayed = waitsForConsumer(scene.class);
  const volume = volumeFor(claim, volumes, { onlyKept: isDelayed });
  if (volume) return { about: "claim", claim, do: "bind", volume };
  const says = (event: Said): ClaimVerdict => ({
    about: "claim",
    claim,
    do: "say",
    phase: "Pending",
    event,
    always: true,
  });
  const isPlaced = claim.metadata.annotations?.[volumeAnnotations.selectedNode] !== undefined;
  if (isDelayed && !isPlaced) return says(awaitedEvent);
  if (classNameOf(claim) === "") return says(noneEvent);
  return judgeClass(scene, says);
}

function judgeClass({ claim, class: found }: ClaimScene, says: (event: Said) => ClaimVerdict): ClaimVerdict {
  const fails = (message: string) => says({ type: "Warning", reason: "ProvisioningFailed", message });
  if (!found) return fails(`storageclass.storage.k8s.io ${JSON.stringify(classNameOf(claim))} not found`);
  const { provisioner = "" } = found;
  if (provisioner === noProvisioner || provisioner.startsWith("kubernetes.io/")) {
    return fails(`no volume plugin matched name: ${provisioner}`);
  }
  return { about: "claim", claim, do: "provision", provisioner };
}

/** The writes that a verdict on a claim asks for. */
export function planClaim(verdict: ClaimVerdict): Plan {
  const { claim } = verdict;
  switch (verdict.do) {
    case "bind":
      return { actions: bindingActions(claim, verdict.volume) };
    case "classify": {
      const object: Claim = { ...claim, spec: { ...claim.spec, storageClassName: verdict.className } };
      return { actions: [{ op: "update", kind: persistentVolumeClaim, object }] };
    }
    case "provision":
      return { actions: provisionActions(claim, verdict.provisioner) };
    case "say": {
      const phase = claimPhase(claim, { phase: verdict.phase });
      const isTold = verdict.event && (verdict.always || phase.length > 0);
      const told: Action[] = isTold ? [tell(claim, verdict.event)] : [];
      return { actions: [...phase, ...told] };
    }
  }
}

function tell(claim: Claim, said: Said): Action {
  return { op: "tell", kind: persistentVolumeClaim, object: claim, report: { about: claim, ...said } };
}

/** Asks who makes volumes of the claim's class to make one. */
function provisionActions(claim: Claim, provisioner: string): Action[] {
  const { provisioner: now, provisionerBefore: before } = volumeAnnotations;
  const { annotations = {} } = claim.metadata;
  const message = `Waiting for a volume to be created either by the external provisioner '${provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
  const told = tell(claim, { type: "Normal", reason: "ExternalProvisioning", message });
  if (annotations[now] === provisioner) return [told];
  const metadata = { ...claim.metadata, annotations: { ...annotations, [before]: provisioner, [now]: provisioner } };
  return [{ op: "update", kind: persistentVolumeClaim, object: { ...claim, metadata } }, told];
}
