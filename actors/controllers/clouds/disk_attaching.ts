import { node as nodeKind } from "../../api/kinds/node.ts";
import { type VolumeAttachment, volumeAttachment } from "../../api/kinds/volume_attachment.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { Action } from "../plan.ts";
import { askCloud } from "./ask_cloud.ts";
import { type CloudDisks, driverWords } from "./cloud_disks.ts";

type Attachment = Frozen<VolumeAttachment>;

/** By which instance of its provider a node is known that has a volume. */
export const instanceAnnotation = "csi.alpha.kubernetes.io/node-id";

/** Keeps an attachment until the provider has taken the volume away from its node. */
const finalizerOf = (driver: string) => `external-attacher/${driver.replaceAll(".", "-")}`;

/** What is to be done for an attachment: it is marked, carried out, undone. */
export function attachingOf(attachment: Attachment, disks: CloudDisks): readonly Action[] {
  const { deletionTimestamp, finalizers = [], annotations = {} } = attachment.metadata;
  const isMarked = finalizers.includes(finalizerOf(disks.driver));
  if (deletionTimestamp !== undefined) return isMarked ? [detaching(attachment, disks)] : [];
  if (attachment.status?.attached) return [];
  return isMarked && annotations[instanceAnnotation] !== undefined
    ? [attaching(attachment, disks)]
    : [marking(attachment, disks)];
}

/** Notes where it is to be, so that it can be taken away from there whatever becomes of the node; told anew once it has become another. */
function marking(attachment: Attachment, { driver }: CloudDisks, why?: string): Action {
  const { metadata, spec } = attachment;
  return {
    ...{ op: "read", kind: nodeKind, name: spec.nodeName },
    found(outcome, { nowMs }) {
      const { providerID = "" } = outcome.ok ? (outcome.value as Frozen<Node>).spec : {};
      if (providerID === "")
        return notDone(attachment, "attachError", { message: `node "${spec.nodeName}" not found`, nowMs });
      const instance = providerID.slice(providerID.lastIndexOf("/") + 1);
      if (why !== undefined && instance === metadata.annotations?.[instanceAnnotation]) {
        return notDone(attachment, "attachError", { message: why, nowMs });
      }
      const finalizers = [...new Set([...(metadata.finalizers ?? []), finalizerOf(driver)])];
      const annotations = { ...metadata.annotations, [instanceAnnotation]: instance };
      const object = { ...attachment, metadata: { ...metadata, finalizers, annotations } };
      return [{ op: "update", kind: volumeAttachment, object, accept: ["NotFound"] }];
    },
  };
}

function attaching(attachment: Attachment, disks: CloudDisks): Action {
  const { cloud } = disks;
  const { name, annotations } = attachment.metadata;
  const instance = annotations?.[instanceAnnotation] ?? "";
  const request = { op: "AttachVolume", name: volumeOf(attachment), instance } as const;
  return askCloud({ kind: volumeAttachment, name }, { cloud, request }, (answer, { nowMs }) => {
    if (answer.ok) return [saying(attachment, { attached: true, attachError: null })];
    const message = driverWords(answer.failure.message);
    // The instance that the node was may be gone.
    if (answer.failure.reason === "notFound") return [marking(attachment, disks, message)];
    return notDone(attachment, "attachError", { message, nowMs });
  });
}

function detaching(attachment: Attachment, { cloud, driver }: CloudDisks): Action {
  const { metadata } = attachment;
  const instance = metadata.annotations?.[instanceAnnotation] ?? "";
  const request = { op: "DetachVolume", name: volumeOf(attachment), instance } as const;
  const about = { kind: volumeAttachment, name: metadata.name };
  return askCloud(about, { cloud, request }, (answer, { nowMs }) => {
    if (!answer.ok && answer.failure.reason !== "notFound") {
      return notDone(attachment, "detachError", { message: driverWords(answer.failure.message), nowMs });
    }
    const finalizers = (metadata.finalizers ?? []).filter((each) => each !== finalizerOf(driver));
    const object = { ...attachment, metadata: { ...metadata, finalizers } };
    return [{ op: "update", kind: volumeAttachment, object, accept: ["NotFound"] }];
  });
}

const volumeOf = ({ spec }: Attachment) => spec.source.persistentVolumeName ?? "";

function notDone(
  attachment: Attachment,
  field: "attachError" | "detachError",
  { message, nowMs }: { readonly message: string; readonly nowMs: number },
): readonly Action[] {
  const { name } = attachment.metadata;
  // Said once: each time it is said again is a change that asks to try again.
  const isSaid = attachment.status?.[field]?.message === message;
  const said = isSaid ? [] : [saying(attachment, { [field]: { message, time: formatTime(nowMs) } })];
  return [...said, { op: "fail", kind: volumeAttachment, name, message }];
}

/** Takes back that it is attached, as it is not: it will be tried anew. */
export const notAttached = (attachment: Attachment): Action => saying(attachment, { attached: false });

function saying({ metadata: { name, uid } }: Attachment, status: object): Action {
  const contentType = "application/merge-patch+json";
  const patch = { metadata: { uid }, status };
  return { op: "patch", kind: volumeAttachment, name, patch, contentType, subresource: "status", accept: ["NotFound"] };
}
