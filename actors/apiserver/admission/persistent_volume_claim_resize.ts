import type { PersistentVolumeClaim } from "../../api/kinds/persistent_volume_claim.ts";
import { compareQuantities } from "../../api/quantity.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import type { Frozen } from "../../api/types.ts";
import { classNameOf, sizeAsked } from "../../api/volume_binding.ts";
import { groupResource } from "../requests/call.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";
import { classesOf } from "./default_storage_class.ts";

/** A claim grows only once it is bound, and only where its class says that its volumes can. */
export const persistentVolumeClaimResize: AdmissionPlugin = {
  name: "PersistentVolumeClaimResize",
  place: 22,
  handles: [{ operations: ["UPDATE"], resources: ["persistentvolumeclaims"] }],
  validate: (admitting, verdict, step) => verdict(refusal(admitting), step),
};

function refusal({ server, call, draft, old }: Admitting): Status | undefined {
  if (!draft || !old) return undefined;
  const claim = draft as PersistentVolumeClaim;
  const before = old as Frozen<PersistentVolumeClaim>;
  if (compareQuantities(sizeAsked(claim), sizeAsked(before)) <= 0) return undefined;
  const refused = (text: string) => forbiddenStatus(groupResource(call), claim.metadata.name, text);
  if (before.status.phase !== "Bound") return refused("Only bound persistent volume claims can be expanded");
  const name = classNameOf(before);
  for (const each of classesOf(server)) {
    if (each.metadata.name === name && each.allowVolumeExpansion === true) return undefined;
  }
  return refused(
    "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize",
  );
}
