import { plugin, scoreMax, skip } from "../framework.ts";
import type { PodInfo } from "../pod_info.ts";

const mebibyte = 1024 * 1024;
/** Images that are smaller in all count for nothing. */
const bytesMin = 23 * mebibyte;
/** Images that are larger than this for each container count no more. */
const bytesMaxPerContainer = 1000 * mebibyte;

interface WantedImages {
  /** Each with the share of all nodes that have it, so that pods do not heap up on the few that do. */
  readonly images: readonly { readonly name: string; readonly spread: number }[];
  readonly bytesMax: number;
}

/** Prefers nodes that have the pod's images, by size. */
export const imageLocality = plugin<undefined, WantedImages>({
  name: "ImageLocality",
  order: 120,
  weight: 1,
  preScore(pod, _nodes, { view }) {
    const total = view.nodes().length;
    const images = imagesOf(pod).map((name) => ({ name, spread: view.images.nodesWith(name) / total }));
    if (images.every(({ spread }) => spread === 0)) return skip;
    return { state: { images, bytesMax: bytesMaxPerContainer * images.length } };
  },
  score(_pod, node, { images, bytesMax }) {
    if (node.images.size === 0) return 0;
    let bytes = 0;
    for (const { name, spread } of images) bytes += Math.trunc((node.images.get(name) ?? 0) * spread);
    const counted = Math.min(Math.max(bytes, bytesMin), bytesMax);
    return Math.trunc((scoreMax * (counted - bytesMin)) / (bytesMax - bytesMin));
  },
});

function imagesOf({ pod: { spec } }: PodInfo): readonly string[] {
  return [...(spec.initContainers ?? []), ...spec.containers].map(({ image }) => withTag(image ?? ""));
}

/** The name as nodes report it: without a tag or digest it is the latest. */
function withTag(image: string): string {
  return image.lastIndexOf(":") <= image.lastIndexOf("/") ? `${image}:latest` : image;
}
