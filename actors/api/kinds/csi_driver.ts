import type { CSIDriverSpec as StorageCSIDriverSpec } from "kubernetes-types/storage/v1.js";
import { duplicate, type FieldError, invalid, notSupported, tooLong } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { validateImmutable } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";

/** What is known of a driver of volumes. */
export interface CSIDriver extends KubeObject {
  spec: StorageCSIDriverSpec;
}

const nameMax = 63;
const lifecycleModes = ["Ephemeral", "Persistent"];
const groupPolicies = ["File", "None", "ReadWriteOnceWithFSType"];

/** CSIDrivers: the drivers of volumes, and what they want. */
export const csiDriver = nameKind<CSIDriver>({
  group: "storage.k8s.io",
  kind: "CSIDriver",
  plural: "csidrivers",
  namespaced: false,
});

/** Its rules, which API servers keep. */
export const csiDriverRules = /* @__PURE__ */ withRules(csiDriver, {
  schema: "io.k8s.api.storage.v1.CSIDriver",
  nameErrors: (name) => dnsSubdomainErrors(name.toLowerCase()),

  applyDefaults({ spec }) {
    spec.attachRequired ??= true;
    spec.podInfoOnMount ??= false;
    spec.storageCapacity ??= false;
    spec.fsGroupPolicy ||= "ReadWriteOnceWithFSType";
    spec.volumeLifecycleModes ??= ["Persistent"];
    spec.requiresRepublish ??= false;
    spec.seLinuxMount ??= false;
  },

  validate({ metadata, spec }) {
    const errors: FieldError[] = [];
    if (metadata.name.length > nameMax) errors.push(tooLong("metadata.name", nameMax));
    for (const [index, mode] of (spec.volumeLifecycleModes ?? []).entries()) {
      if (!lifecycleModes.includes(mode)) {
        errors.push(notSupported(`spec.volumeLifecycleModes[${index}]`, mode, lifecycleModes));
      }
    }
    const { fsGroupPolicy = "" } = spec;
    if (!groupPolicies.includes(fsGroupPolicy)) {
      errors.push(notSupported("spec.fsGroupPolicy", fsGroupPolicy, groupPolicies));
    }
    const audiences = new Set<string>();
    for (const [index, { audience, expirationSeconds: seconds }] of (spec.tokenRequests ?? []).entries()) {
      const at = `spec.tokenRequests[${index}]`;
      if (audiences.has(audience)) {
        errors.push(duplicate(`${at}.audience`, audience));
        continue;
      }
      audiences.add(audience);
      if (seconds !== undefined && seconds < 600) {
        errors.push(invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration less than 10 minutes"));
      }
      if (seconds !== undefined && seconds > 2 ** 32) {
        errors.push(invalid(`${at}.expirationSeconds`, seconds, "may not specify a duration larger than 2^32 seconds"));
      }
    }
    // Newer than the types are.
    const { nodeAllocatableUpdatePeriodSeconds: period } = spec as { nodeAllocatableUpdatePeriodSeconds?: number };
    if (period !== undefined && period < 10) {
      const text = "must be greater than or equal to 10 seconds";
      errors.push(invalid("spec.nodeAllocatableUpdatePeriodSeconds", period, text));
    }
    return errors;
  },

  validateUpdate: ({ spec }, { spec: old }) => [
    ...validateImmutable("spec.attachRequired", { value: spec.attachRequired, old: old.attachRequired }),
    ...validateImmutable("spec.volumeLifecycleModes", {
      value: spec.volumeLifecycleModes,
      old: old.volumeLifecycleModes,
    }),
  ],
});
