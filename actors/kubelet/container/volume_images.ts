import type { Step } from "../../../runtime/mod.ts";
import { imageOfVolume } from "../../api/image_volume.ts";
import type { CriAnswer, ImageFound } from "../../cri/messages.ts";
import { callForContainer } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { noteImage } from "../node/node_images.ts";
import { podLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import { handlerOf } from "../pod/runtime_handler.ts";
import { type ImageNeed, neededBy } from "./container_image.ts";
import { imageNameError } from "./image_name.ts";
import { pullImage } from "./pull_image.ts";

interface Ensuring {
  readonly step: Step;
  /** Whether all are there; else the container says why it waits. */
  readonly done: (areThere: boolean, step: Step) => void;
}

/**
 * Sees that the images are there whose files a container mounts, one after the other, before its own is looked for. What
 * is told of them is the pod's, as in Kubernetes; what its pod has got once is not looked for again.
 *
 * @see https://kubernetes.io/docs/concepts/storage/volumes/#image
 */
export function ensureVolumeImages(data: KubeletData, subject: Subject, { step, done }: Ensuring) {
  const { pod } = subject;
  const [need] = needsOf(subject);
  if (need === undefined) return done(true, step);
  const isThere = ({ imageRef }: ImageFound, later: Step) => {
    pod.volumeImages.set(need.image, imageRef);
    ensureVolumeImages(data, subject, { step: later, done });
  };
  const log = (now: Step) => podLog(data, pod, now);
  const pull = (now: Step) =>
    pullImage(data, subject, {
      ...{ step: now, log, ...need },
      done: (image, later) => (image ? isThere(image, later) : done(false, later)),
    });
  if (need.policy === "Always" || imageNameError(need.image) !== undefined) return pull(step);
  const then = (answer: CriAnswer<"ImageStatus">, later: Step) => {
    if (!answer.ok || !answer.value.image) return pull(later);
    noteImage(data, need.image, answer.value.image);
    log(later).present(need.image);
    isThere(answer.value.image, later);
  };
  const request = { op: "ImageStatus", image: need.image, ...handlerOf(pod) } as const;
  callForContainer(data, subject.container, { step, request, then });
}

function needsOf({ pod, container }: Subject): readonly ImageNeed[] {
  const { volumes = [] } = pod.pod.spec;
  return (container.spec.volumeMounts ?? []).flatMap((mount) => {
    const volume = volumes.find(({ name }) => name === mount.name);
    const { reference = "", pullPolicy } = (volume && imageOfVolume(volume)) ?? {};
    if (reference === "" || pod.volumeImages.has(reference)) return [];
    return [{ ...neededBy({ image: reference, imagePullPolicy: pullPolicy }), isVolume: true }];
  });
}
