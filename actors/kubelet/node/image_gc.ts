import type { Step } from "../../../runtime/mod.ts";
import { unitsOf } from "../../api/quantity.ts";
import type { ImageListed } from "../../cri/messages.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { callCri } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { bytesToFree, chooseImages, lookAtImages } from "./image_choice.ts";
import { tellOfNode } from "./node_events.ts";

/** As often as a kubelet looks. */
const periodMs = 300_000;

/**
 * Removes images that no container has when the disk is nearly full of them, until a fifth of it is free. Who has pulled
 * nothing has nothing to look for.
 *
 * @see https://kubernetes.io/docs/concepts/architecture/garbage-collection/#containers-images
 */
export function collectImages(data: KubeletData, step: Step): void {
  const { images } = data.node;
  images.collectedUptimeMs ??= step.uptimeMs;
  if (images.said === undefined || images.isCollecting || step.uptimeMs - images.collectedUptimeMs < periodMs) return;
  images.collectedUptimeMs = step.uptimeMs;
  images.isCollecting = true;
  look(data, step, (failure, later) => {
    images.isCollecting = false;
    // That it failed once may be because the runtime has only just begun.
    if (failure !== undefined && images.hasFailed) tell(data, later)("ImageGCFailed", failure);
    images.hasFailed = failure !== undefined;
  });
}

/** Removes all images that no container has, but for those that have only just come. */
export function removeUnusedImages(data: KubeletData, step: Step, done: (step: Step) => void) {
  const { images } = data.node;
  if (images.isCollecting) return done(step);
  images.isCollecting = true;
  findImages(data, step, (found, later) => {
    const chosen = found.ok
      ? chooseImages(found.value, images.seen, { bytes: Number.POSITIVE_INFINITY, nowMs: later.uptimeMs }).images
      : [];
    remove(data, later, {
      images: chosen,
      done(_freed, last) {
        images.isCollecting = false;
        if (chosen.length > 0) images.isStale = true;
        done(last);
      },
    });
  });
}

type Done = (failure: string | undefined, step: Step) => void;

function look(data: KubeletData, step: Step, done: Done): void {
  findImages(data, step, (found, now) => {
    if (!found.ok) return done(found.failure, now);
    callCri(data, now, { op: "ImageFsInfo" }, (info, last) => {
      if (!info.ok) return done(info.failure.message, last);
      free(data, last, { images: found.value, usedBytes: info.value.usedBytes, done });
    });
  });
}

type Found = Result<readonly ImageListed[], string>;

/** Lists all images, and notes which of them are used. */
function findImages(data: KubeletData, step: Step, then: (found: Found, step: Step) => void): void {
  callCri(data, step, { op: "ListImages" }, (listed, later) => {
    if (!listed.ok) return then(failed(listed.failure.message), later);
    callCri(data, later, { op: "ListContainers" }, (containers, now) => {
      if (!containers.ok) return then(failed(containers.failure.message), now);
      const mounted = [...data.pods.values()].flatMap((pod) => [...pod.volumeImages.values()]);
      const used = new Set([
        ...containers.value.containers.flatMap(({ image, imageRef }) => [image, imageRef]),
        ...mounted,
      ]);
      const { images } = data.node;
      images.seen = lookAtImages(images.seen, { images: listed.value.images, used, nowMs: now.uptimeMs });
      then(ok(listed.value.images), now);
    });
  });
}

interface Freeing {
  readonly images: readonly ImageListed[];
  readonly usedBytes: number;
  readonly done: Done;
}

function free(data: KubeletData, step: Step, { images, usedBytes, done }: Freeing): void {
  const capacityBytes = unitsOf(data.capacity["ephemeral-storage"]);
  if (capacityBytes <= 0) {
    const message = "invalid capacity 0 on image filesystem";
    tell(data, step)("InvalidDiskCapacity", message);
    return void done(message, step);
  }
  const wanted = bytesToFree(usedBytes, capacityBytes);
  if (wanted <= 0) return void done(undefined, step);
  const chosen = chooseImages(images, data.node.images.seen, { bytes: wanted, nowMs: step.uptimeMs });
  remove(data, step, {
    images: chosen.images,
    done(freed, later) {
      data.node.images.isStale = true;
      if (freed >= wanted) return void done(undefined, later);
      const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`;
      tell(data, later)("FreeDiskSpaceFailed", message);
      done(message, later);
    },
  });
}

interface Removing {
  readonly images: readonly ImageListed[];
  readonly done: (freedBytes: number, step: Step) => void;
  /** By those before. Default 0. */
  readonly freed?: number;
}

/** One after the other; what cannot be removed stays. */
function remove(data: KubeletData, step: Step, { images, done, freed = 0 }: Removing) {
  const [image, ...rest] = images;
  if (image === undefined) return done(freed, step);
  callCri(data, step, { op: "RemoveImage", image: image.id }, (answer, later) => {
    if (answer.ok) data.node.images.noted.clear();
    remove(data, later, { images: rest, done, freed: freed + (answer.ok ? image.sizeBytes : 0) });
  });
}

function tell(data: KubeletData, step: Step) {
  return (reason: string, message: string) =>
    data.node.known && tellOfNode(data, data.node.known, step)(reason, message, "Warning");
}
