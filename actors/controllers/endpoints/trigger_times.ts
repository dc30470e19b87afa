import { type Frozen, keyOf, type Pod, type Service } from "../../api/types.ts";
import { readinessTime } from "./selection.ts";

/** The annotation that tells what the endpoints were last changed for: kube-proxy measures its delay by it. */
export const triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time";

interface Known {
  pods: ReadonlyMap<string, string>;
}

/** Remembers for which changes of pods endpoints were computed. */
export interface TriggerTimes {
  /** The earliest change since the Service was last looked at; undefined when nothing has changed. */
  next(owner: Frozen<Service>, pods: readonly Frozen<Pod>[]): string | undefined;
  forget(key: string): void;
}

/** Makes a memory of trigger times that knows no Service yet. */
export function createTriggerTimes(): TriggerTimes {
  const services = new Map<string, Known>();
  return {
    next(owner, pods) {
      const key = keyOf(owner);
      const known = services.get(key);
      const times = new Map<string, string>();
      let least: string | undefined;
      for (const each of pods) {
        const time = readinessTime(each);
        if (time === undefined) continue;
        const { name } = each.metadata;
        times.set(name, time);
        // Times of the API are texts of one form: their order is that of time.
        if (time > (known?.pods.get(name) ?? "") && (least === undefined || time < least)) least = time;
      }
      services.set(key, { pods: times });
      return known ? least : owner.metadata.creationTimestamp;
    },
    forget: (key) => void services.delete(key),
  };
}

/** The annotations with the trigger time, or without it when nothing triggered. */
export function withTrigger(
  annotations: Readonly<Record<string, string>> | undefined,
  time: string | undefined,
): Record<string, string> {
  const { [triggerAnnotation]: _before, ...rest } = annotations ?? {};
  return time === undefined ? rest : { ...rest, [triggerAnnotation]: time };
}
