import type { AskId, Step } from "../../runtime/mod.ts";
import type { ContainerImage, Frozen, Lease, Node, Pod } from "../api/types.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { ComponentData } from "../client/component.ts";
import type { EventRecorder } from "../client/events.ts";
import type { Informer } from "../client/informer.ts";
import type { ContainerStatus, SandboxStatus } from "../cri/messages.ts";
import type { Alarm, Alarms } from "../kit/alarms.ts";
import type { ThenAnswer } from "./calls.ts";
import type { ServiceLinks } from "./container/service_links.ts";
import type { DevicesState } from "./devices/claims.ts";
import type { KubeletInput } from "./messages.ts";
import type { ImagesSeen } from "./node/image_choice.ts";
import type { Pressure } from "./node/pressure_kinds.ts";
import type { ContainerRecord, PodRecord } from "./pod/pod_record.ts";
import type { WatchedObjects } from "./pod/watched_objects.ts";
import type { StaticPods } from "./static_pods/static_pods.ts";
import type { Streams } from "./streams/stream.ts";

/** What a kubelet knows of the images that its runtime has. */
export interface ImagesState {
  /** As a node says them; undefined until the runtime has listed them. */
  said: readonly Frozen<ContainerImage>[] | undefined;
  /** What containers found or pulled: each name, and what it means. */
  readonly noted: Set<string>;
  /** How much of the disk they take; undefined until the runtime has listed them. */
  bytes: number | undefined;
  /** There may be others: they are asked for with the next heartbeat. */
  isStale: boolean;
  isAsked: boolean;
  /** When they were last asked for. */
  askedUptimeMs: number;
  /** What was seen of each when it was last looked whether some can go. */
  seen: ImagesSeen;
  /** When that was; undefined: not yet. */
  collectedUptimeMs: number | undefined;
  isCollecting: boolean;
  /** The last time it could not be done. */
  hasFailed: boolean;
}

/** What a kubelet knows of what its node lacks. */
export interface PressureState {
  /** When the node was last seen to lack something, by condition; what is long ago is left out. */
  readonly lastUptimeMs: Map<Pressure, number>;
  /** Whether any container may have much of the node's memory: not known of those of an earlier life of this kubelet. */
  memory: "small" | "unknown" | "taken";
  /** It is being looked at, or somebody is being ended for it. */
  isUnderWay: boolean;
}

/** What a kubelet knows of its node's object. */
export interface NodeState {
  /** The runtime as it names itself: `containerd://2.1.4`; undefined while it has not answered. */
  runtime: string | undefined;
  /** When it last answered to whether it is there. */
  runtimeSeenUptimeMs: number;
  /** Why the node is not ready, as it was last judged. */
  trouble: string | undefined;
  registered: boolean;
  uid: string | undefined;
  lease: Frozen<Lease> | undefined;
  leaseUnderWay: boolean;
  /** When the status was last written. */
  reportedUptimeMs: number;
  /** The newest that the API has said of it; undefined before it is registered. */
  known: Frozen<Node> | undefined;
  /** The `known` in whose status nothing was amiss when it was looked at. */
  judged: Frozen<Node> | undefined;
  readonly images: ImagesState;
  readonly pressure: PressureState;
  /** Who waits while it is being said which volumes are used here. */
  volumesReport: ((isSaid: boolean, step: Step) => void)[] | undefined;
}

/** All that a kubelet has in memory: gone when it crashes. */
export interface KubeletData extends ComponentData {
  readonly input: KubeletInput;
  /** The first of `hostIps`. */
  readonly hostIp: string;
  /** The node's own IPs, one of each of its families. */
  readonly hostIps: readonly string[];
  readonly capacity: Readonly<Record<string, string>>;
  readonly allocatable: Readonly<Record<string, string>>;
  readonly client: ApiClient;
  readonly podInformer: Informer<Pod>;
  /** Of this kubelet's own node alone. */
  readonly nodeInformer: Informer<Node>;
  readonly events: EventRecorder;
  readonly node: NodeState;
  /** What its pods are made from. */
  readonly objects: WatchedObjects;
  readonly services: ServiceLinks;
  readonly devices: DevicesState;
  /** By uid. */
  readonly pods: Map<string, PodRecord>;
  /** What it runs by manifests of its own. */
  readonly staticPods: StaticPods;
  /** Which container of which pod the runtime's ids mean. */
  readonly byContainer: Map<string, { readonly pod: PodRecord; readonly container: ContainerRecord }>;
  /** What the runtime had when this kubelet started, by id, until the API has said which pods it wants. */
  readonly found: {
    readonly sandboxes: Map<string, SandboxStatus>;
    readonly containers: Map<string, ContainerStatus>;
    listed: boolean;
    /** How often what an earlier life of this kubelet had asked for is still looked for: it may come to be late. */
    strayLooksLeft: number;
  };
  readonly calls: Map<AskId, ThenAnswer>;
  readonly deadlines: Alarms<Step>;
  /** What others read, run and reach in its pods at this moment. */
  readonly streams: Streams;
  /** Pods that a container of theirs may have moved on; looked at before the step is over. */
  readonly moved: Set<PodRecord>;
  /** Pods that have not got what their containers are to have. */
  readonly resizes: Set<PodRecord>;
  /** Pods whose status may have to be written. */
  readonly dirty: Set<PodRecord>;
  /** Whether the API server answered the last time. */
  connected: boolean;
  /** Pods are looked at: the API's wishes are known. */
  managing: boolean;
}

/** Has `body` run after a while. */
export function after(data: KubeletData, step: Step, delayMs: number, body: (step: Step) => void): Alarm<Step> {
  return data.deadlines.set(delayMs, body, step);
}

/** The wall-clock time of a time of the runtime. */
export function wallMs(step: Step, uptimeMs: number): number {
  return step.nowMs - step.uptimeMs + uptimeMs;
}
