import type { ImageListed } from "../../cri/messages.ts";

/** When an image was first seen on a node, and when a container last had it; the host's uptime. */
export interface ImageSeen {
  readonly firstMs: number;
  readonly usedMs: number;
}

/** What is known of images by their ids. */
export type ImagesSeen = ReadonlyMap<string, ImageSeen>;

/** So old an image is at least that is removed. */
const ageMsMin = 120_000;

/** Notes the images that are there now, and which of them containers have; what is gone is forgotten. */
export function lookAtImages(
  before: ImagesSeen,
  {
    images,
    used,
    nowMs,
  }: { readonly images: readonly ImageListed[]; readonly used: ReadonlySet<string>; readonly nowMs: number },
): ImagesSeen {
  return new Map(
    images.map((image) => {
      const { firstMs = nowMs, usedMs = Number.NEGATIVE_INFINITY } = before.get(image.id) ?? {};
      return [image.id, { firstMs, usedMs: isUsed(image, used) ? nowMs : usedMs }];
    }),
  );
}

/** Whether containers have it, by what they say of their images. */
function isUsed({ id, repoTags, repoDigests }: ImageListed, used: ReadonlySet<string>): boolean {
  return used.has(id) || [...repoTags, ...repoDigests].some((name) => used.has(name));
}

/** Images that go, and what they give back. */
export interface ImageChoice {
  readonly images: readonly ImageListed[];
  readonly bytes: number;
}

/**
 * Which images go so that so many bytes are free: those that nobody has and that may go, the one that was used the
 * longest ago first, of such the one that is there the longest; none that has only just come.
 */
export function chooseImages(
  images: readonly ImageListed[],
  seen: ImagesSeen,
  { bytes: wanted, nowMs }: { readonly bytes: number; readonly nowMs: number },
): ImageChoice {
  const old = images.flatMap((image) => {
    const { firstMs, usedMs } = seen.get(image.id) ?? { firstMs: nowMs, usedMs: nowMs };
    const mayGo = image.isPinned !== true && usedMs < nowMs && nowMs - firstMs >= ageMsMin;
    return mayGo ? [{ image, firstMs, usedMs }] : [];
  });
  old.sort((one, other) => order(one.usedMs, other.usedMs) || one.firstMs - other.firstMs);
  const chosen: ImageListed[] = [];
  let bytes = 0;
  for (const { image } of old) {
    if (bytes >= wanted) break;
    chosen.push(image);
    bytes += image.sizeBytes;
  }
  return { images: chosen, bytes };
}

/** Two that were never used are alike. */
function order(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

/** In per cent of the disk: where it begins, and what it comes down to. */
const highPercent = 85;
const lowPercent = 80;

/** How much is to be freed of a disk on which so much is used; 0: there is room enough. */
export function bytesToFree(usedBytes: number, capacityBytes: number): number {
  const availableBytes = Math.max(0, capacityBytes - usedBytes);
  const usedPercent = 100 - Math.floor((availableBytes * 100) / capacityBytes);
  if (usedPercent < highPercent) return 0;
  return Math.floor((capacityBytes * (100 - lowPercent)) / 100) - availableBytes;
}
