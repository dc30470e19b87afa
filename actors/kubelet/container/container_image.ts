import type { Step } from "../../../runtime/mod.ts";
import type { CriCode, CriFailure } from "../../cri/messages.ts";
import { after, type KubeletData } from "../data.ts";
import { type PodLog, podLog } from "../pod/pod_events.ts";
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

/** An image that a container needs, and when it is pulled. */
export interface ImageNeed {
  readonly image: string;
  readonly policy: string;
  /** It is one whose files it mounts. Default: it is its own. */
  readonly isVolume?: boolean;
}

/** The image that a container says is its own; that of a volume says the same things. */
export function neededBy(spec: {
  readonly image?: string | undefined;
  readonly imagePullPolicy?: string | undefined;
}): ImageNeed {
  return { image: spec.image ?? "", policy: pullPolicy(spec) };
}

/** Why an image cannot be had without asking a registry: it has no proper name, or nobody may. */
export function imageRefusal({ container }: Subject, { image, policy }: ImageNeed, log: PodLog): boolean {
  const error = imageNameError(image);
  const quoted = JSON.stringify(image);
  if (error !== undefined) {
    const message = `Failed to apply default image tag ${quoted}: couldn't parse image name ${quoted}: ${error}`;
    container.waiting = { reason: "InvalidImageName", message };
    log.imageFailed("InspectFailed", message, "InvalidImageName");
    return true;
  }
  if (policy !== "Never") return false;
  const message = `Container image ${quoted} is not present with pull policy of Never`;
  container.waiting = { reason: "ErrImageNeverPull", message };
  log.imageFailed("ErrImageNeverPull", message, "ErrImageNeverPull");
  return true;
}

/** The runtime could not pull an image. */
export function notePullFailure(
  { container }: Subject,
  { image, isVolume = false, failure }: ImageNeed & { readonly failure: CriFailure },
  log: PodLog,
): void {
  const text = `rpc error: code = ${codeNames[failure.code]} desc = ${failure.message}`;
  container.waiting = { reason: "ErrImagePull", message: text };
  container.missing = { image, isVolume };
  log.imageFailed("Failed", `Failed to pull image "${image}": ${text}`, "ErrImagePull");
}

/** The error itself is reported first; a little later, that it is being waited for. */
export function sayBackingOff(data: KubeletData, { pod, container }: Subject, step: Step): void {
  const { epoch, waiting, missing } = container;
  if (waiting?.reason !== "ErrImagePull" || !missing) return;
  const { image, isVolume } = missing;
  after(data, step, pullErrorShownMs, (later) => {
    if (container.epoch !== epoch) return;
    const message = `Back-off pulling image "${image}": ErrImagePull: ${waiting.message}`;
    container.waiting = { reason: "ImagePullBackOff", message };
    podLog(data, pod, later, isVolume ? undefined : container).imageBackOff(image);
    data.dirty.add(pod);
  });
}
