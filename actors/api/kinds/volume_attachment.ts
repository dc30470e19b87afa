import type { VolumeAttachmentSpec, VolumeAttachmentStatus } from "kubernetes-types/storage/v1.js";
import { type FieldError, required } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { KubeObject } from "../types.ts";
import { keepMetadataForStatus, validateImmutable } from "../validation/metadata.ts";

/** A volume that is to be at a node. */
export interface VolumeAttachment extends KubeObject {
  spec: VolumeAttachmentSpec;
  status: VolumeAttachmentStatus;
}

/** VolumeAttachments: which volume is attached to which node. */
export const volumeAttachment = nameKind<VolumeAttachment>({
  group: "storage.k8s.io",
  kind: "VolumeAttachment",
  plural: "volumeattachments",
  namespaced: false,
  subresources: [{ name: "status" }],
});

/** Its rules, which API servers keep. */
export const volumeAttachmentRules = /* @__PURE__ */ withRules(volumeAttachment, {
  schema: "io.k8s.api.storage.v1.VolumeAttachment",
  countsGenerations: false,
  allowUnconditionalUpdate: false,

  prepareForStatusUpdate: (draft, old) => keepMetadataForStatus(draft, old),

  prepareForCreate(draft) {
    draft.status = { attached: false };
  },

  validate({ spec }) {
    const errors: FieldError[] = [];
    if (!spec.attacher) errors.push(required("spec.attacher"));
    const { inlineVolumeSpec, persistentVolumeName } = spec.source ?? {};
    if (inlineVolumeSpec === undefined && !persistentVolumeName) {
      errors.push(required("spec.source", "must specify exactly one of inlineVolumeSpec and persistentVolumeName"));
    }
    if (!spec.nodeName) errors.push(required("spec.nodeName"));
    return errors;
  },
  validateUpdate: ({ spec }, old) => validateImmutable("spec", { value: spec, old: old.spec }),
});
