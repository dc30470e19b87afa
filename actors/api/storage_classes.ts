import type { StorageClass } from "./kinds/storage_class.ts";
import type { Frozen } from "./types.ts";
import { volumeAnnotations } from "./volume_binding.ts";

/** Whether a class is meant for claims that name none. */
export function isDefaultClass({ metadata: { annotations } }: Frozen<StorageClass>): boolean {
  const { isDefaultClass: now, isDefaultClassBefore: before } = volumeAnnotations;
  return annotations?.[now] === "true" || annotations?.[before] === "true";
}

/** The class of claims that name none; of several the newest, and of those the first by name. */
export function defaultClassOf(classes: Iterable<Frozen<StorageClass>>): Frozen<StorageClass> | undefined {
  const made = ({ metadata }: Frozen<StorageClass>) => metadata.creationTimestamp ?? "";
  let best: Frozen<StorageClass> | undefined;
  for (const each of classes) {
    if (!isDefaultClass(each)) continue;
    const isBetter =
      best === undefined ||
      made(each) > made(best) ||
      (made(each) === made(best) && each.metadata.name < best.metadata.name);
    if (isBetter) best = each;
  }
  return best;
}

/** Whether volumes of a class wait until it is known where the pod goes that uses them. */
export function waitsForConsumer(found: Frozen<StorageClass> | undefined): boolean {
  return found?.volumeBindingMode === "WaitForFirstConsumer";
}
