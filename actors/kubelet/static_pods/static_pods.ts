import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Pod } from "../../api/types.ts";
import type { Alarm } from "../../kit/alarms.ts";

/** What a kubelet knows of the pods that it runs by itself, and of what the API shows of them. */
export interface StaticPods {
  /** What the manifests say, by `namespace/name`. */
  wanted: ReadonlyMap<string, Frozen<Pod>>;
  /** The folder was read: what the manifests say is known. */
  isRead: boolean;
  isReading: boolean;
  /** It was said to be another while it was being read. */
  isStale: boolean;
  /** The next look. */
  alarm: Alarm<Step> | undefined;
  /** What was said of files that are of no pod, so that it is said once. */
  told: ReadonlyMap<string, string>;
  /** The newest that is known of each mirror, by `namespace/name`. */
  readonly mirrors: Map<string, Frozen<Pod>>;
  /** Of these a mirror is being written, or is tried again later. */
  readonly writing: Set<string>;
  readonly writeFailures: Map<string, number>;
  /** Something may be to be done about these; looked at before the step is over. */
  readonly moved: Set<string>;
}

/** Nothing is known yet. */
export function noStaticPods(): StaticPods {
  return {
    wanted: new Map(),
    isRead: false,
    isReading: false,
    isStale: false,
    alarm: undefined,
    told: new Map(),
    mirrors: new Map(),
    writing: new Set(),
    writeFailures: new Map(),
    moved: new Set(),
  };
}
