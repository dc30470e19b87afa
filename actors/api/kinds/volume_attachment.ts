import type { VolumeAttachmentSpec, VolumeAttachmentStatus } from "kubernetes-types/storage/v1.js";
import { addErrors, type FieldError, forbidden, invalid, required, tooLong } from "../field_error.ts";
import { nameKind, withRules } from "../kind.ts";
import type { Frozen, KubeObject } from "../types.ts";
import { keepMetadataForStatus, validateImmutable } from "../validation/metadata.ts";
import { dnsSubdomainErrors } from "../validation/names.ts";
import { driverErrors } from "../validation/volume_source.ts";

/** A volume that is to be at a node. */
export interface VolumeAttachment extends KubeObject {
  spec: VolumeAttachmentSpec;
  status: VolumeAttachmentStatus;
}

const metadataBytesMax = 256 * 1_024;
const messageBytesMax = 1_024;

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

  validate({ spec, status }) {
    const { attacher = "", nodeName = "", source } = spec;
    const { inlineVolumeSpec, persistentVolumeName: volume } = source ?? {};
    const errors = attacher === "" ? [required("spec.attacher")] : [];
    const one = "must specify exactly one of inlineVolumeSpec and persistentVolumeName";
    if (inlineVolumeSpec === undefined && volume === undefined) errors.push(required("spec.source", one));
    else if (inlineVolumeSpec !== undefined && volume !== undefined) errors.push(forbidden("spec.source", one));
    else if (volume === "") {
      errors.push(required("spec.source.persistentVolumeName", "must specify non empty persistentVolumeName"));
    }
    for (const text of dnsSubdomainErrors(nodeName)) errors.push(invalid("spec.nodeName", nodeName, text));
    addErrors(errors, statusErrors(status, "status"));
    addErrors(errors, driverErrors(attacher, "spec.attacher"));
    for (const text of volume === undefined ? [] : dnsSubdomainErrors(volume)) {
      errors.push(invalid("spec.source.persistentVolumeName", volume, text));
    }
    return errors;
  },
  validateStatusUpdate: ({ status }) => statusErrors(status, "status"),
  validateUpdate: ({ spec }, old) => validateImmutable("spec", { value: spec, old: old.spec }),
});

function statusErrors(status: Frozen<VolumeAttachmentStatus> | undefined, at: string): FieldError[] {
  const { attachmentMetadata = {}, attachError, detachError } = status ?? {};
  const bytes = Object.entries(attachmentMetadata).reduce((sum, [key, value]) => sum + key.length + value.length, 0);
  const errors = bytes > metadataBytesMax ? [tooLong(`${at}.attachmentMetadata`, metadataBytesMax)] : [];
  for (const [name, error] of Object.entries({ attachError, detachError })) {
    // As in Kubernetes the bound that is told is another one.
    const isLong = (error?.message ?? "").length > messageBytesMax;
    if (isLong) errors.push(tooLong(`${at}.${name}.message`, metadataBytesMax));
  }
  return errors;
}
