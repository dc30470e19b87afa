import type { Step } from "../../../runtime/mod.ts";
import type { CriCode, CriFailure } from "../../cri/messages.ts";
import { after, type KubeletData } from "../data.ts";
import { podLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import { pullPolicy } from "./container_config.ts";
import { imageNameError } from "./image_name.ts";

const pullErrorShownMs = 1_000;

/** gRPC's names of its codes, as Go writes them. */
const codeNames: Readonly<Record<CriCode, string>> = {
  NOT_FOUND: "NotFound",
  UNAVAILABLE: "Unavailable",
  UNKNOWN: "Unknown",
  ALREADY_EXISTS: "AlreadyExists",
  DEADLINE_EXCEEDED: "DeadlineExceeded",
  INVALID_ARGUMENT: "InvalidArgument",
};

/** Why an image cannot be had without asking a registry: it has no proper name, or nobody may. */
export function imageRefusal(data: KubeletData, { pod, container }: Subject, step: Step): boolean {
  const { image = "" } = container.spec;
  const error = imageNameError(image);
  const quoted = JSON.stringify(image);
  if (error !== undefined) {
    const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: ${error}`;
    container.waiting = { reason: "InvalidImageName", message };
    podLog(data, pod, step, container).imageFailed("InspectFailed", message, "InvalidImageName");
    return true;
  }
  if (pullPolicy(container.spec) !== "Never") return false;
  const message = `Container image ${quoted} is not present with pull policy of Never`;
  container.waiting = { reason: "ErrImageNeverPull", message };
  podLog(data, pod, step, container).imageFailed("ErrImageNeverPull", message, "ErrImageNeverPull");
  return true;
}

/** The runtime could not pull an image. */
export function notePullFailure(
  data: KubeletData,
  { pod, container }: Subject,
  { step, failure }: { readonly step: Step; readonly failure: CriFailure },
): void {
  const text = `rpc error: code = ${codeNames[failure.code]} desc = ${failure.message}`;
  container.waiting = { reason: "ErrImagePull", message: text };
  const message = `Failed to pull image "${container.spec.image}": ${text}`;
  podLog(data, pod, step, container).imageFailed("Failed", message, "ErrImagePull");
}

/** The error itself is reported first; a little later, that it is being waited for. */
export function sayBackingOff(data: KubeletData, { pod, container }: Subject, step: Step): void {
  const { epoch, waiting } = container;
  if (waiting?.reason !== "ErrImagePull") return;
  after(data, step, pullErrorShownMs, (later) => {
    if (container.epoch !== epoch) return;
    const message = `Back-off pulling image "${container.spec.image}": ErrImagePull: ${waiting.message}`;
    container.waiting = { reason: "ImagePullBackOff", message };
    podLog(data, pod, later, container).imageBackOff();
    data.dirty.add(pod);
  });
}
