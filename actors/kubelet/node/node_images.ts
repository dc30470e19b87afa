import type { Step } from "../../../runtime/mod.ts";
import { type ContainerImage, jsonEqual } from "../../api/types.ts";
import type { ImageFound, ImageListed } from "../../cri/messages.ts";
import { callCri } from "../calls.ts";
import type { KubeletData } from "../data.ts";

/** Kubernetes calls it nodeStatusMaxImages. */
const imagesMax = 50;
const namesMax = 5;
/** What was noted before is listed once more at worst. */
const notedMax = 1_000;
/** How often a runtime is asked that may have images by others than its kubelet. */
const listMs = 30_000;

/**
 * What a node says of its images: the largest 50, the largest first, each with its size and five of its names at most,
 * digests before tags.
 *
 * @see https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export function imagesSaid(images: readonly ImageListed[]): ContainerImage[] {
  return images
    .toSorted(bySize)
    .slice(0, imagesMax)
    .map(({ repoDigests, repoTags, sizeBytes }) => ({
      names: [...repoDigests, ...repoTags].slice(0, namesMax),
      ...(sizeBytes === 0 ? {} : { sizeBytes }),
    }));
}

/** Of those of one size the one with the greater id comes first, as everywhere. */
function bySize(one: ImageListed, other: ImageListed): number {
  return other.sizeBytes - one.sizeBytes || Number(one.id < other.id) - Number(one.id > other.id);
}

/** A container found or pulled an image: a name that is new, or means something new, has the list read anew. */
export function noteImage({ node: { images } }: KubeletData, image: string, { imageRef }: ImageFound): void {
  const note = `${image} ${imageRef}`;
  if (images.noted.has(note)) return;
  if (images.noted.size >= notedMax) images.noted.clear();
  images.noted.add(note);
  images.isStale = true;
}

/**
 * Asks the runtime for its images when there may be others; what is new of them the next heartbeat says. A runtime that
 * is played has none but what its kubelets had it pull, and is asked nothing while that is nothing new; another is
 * asked every 30 seconds.
 */
export function refreshImages(data: KubeletData, step: Step): void {
  const { images } = data.node;
  const isDue = data.input.runtimeCheckMs !== undefined && step.uptimeMs - images.askedUptimeMs >= listMs;
  if (images.isAsked || !(images.isStale || isDue)) return;
  images.isAsked = true;
  images.isStale = false;
  images.askedUptimeMs = step.uptimeMs;
  callCri(data, step, { op: "ListImages" }, (answer) => {
    images.isAsked = false;
    if (!answer.ok) {
      images.isStale = true;
      return;
    }
    images.bytes = answer.value.images.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const said = imagesSaid(answer.value.images);
    if (jsonEqual(images.said, said)) return;
    images.said = said;
    data.node.judged = undefined;
  });
}
