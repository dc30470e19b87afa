import type { PersistentVolumeClaimSpec } from "kubernetes-types/core/v1.js";
import { present } from "../../kit/present.ts";

/** Fills in what v1 fills in for a claim's spec, in claims and in the templates of claims alike. */
export function defaultClaimSpec(spec: PersistentVolumeClaimSpec): void {
  spec.volumeMode ??= "Filesystem";
  // The old reference and the new one say the same where either can.
  if (spec.dataSource !== undefined && spec.dataSourceRef === undefined) spec.dataSourceRef = { ...spec.dataSource };
  else if (spec.dataSourceRef !== undefined && spec.dataSource === undefined && !spec.dataSourceRef.namespace) {
    const { apiGroup, kind, name } = spec.dataSourceRef;
    spec.dataSource = { ...present({ apiGroup }), kind, name };
  }
}
