import type { Step } from "../../../runtime/mod.ts";
import { podClaimsOf } from "../../api/resource_claims.ts";
import type { Container, Frozen, Pod, PodStatus, ResourceRequirements } from "../../api/types.ts";
import type { ContainerUser, SandboxStatus } from "../../cri/messages.ts";
import type { Alarm } from "../../kit/alarms.ts";
import type { ContainerPhase } from "../container/container_chart.ts";
import type { PodPhase } from "./pod_chart.ts";

/** How a run of a container ended; times are the wall clock's. */
export interface Termination {
  readonly exitCode: number;
  readonly reason: string;
  readonly message?: string;
  readonly startedAt: string | undefined;
  readonly finishedAt: string | undefined;
  readonly containerId: string | undefined;
}

/**
 * `init` runs to its end before the next, `sidecar` runs beside all that follow it, `main` is what the pod is for,
 * `ephemeral` was put into it later and counts for nothing.
 */
export type ContainerRole = "init" | "sidecar" | "main" | "ephemeral";

/** One container of a pod, over all its restarts. */
export interface ContainerRecord {
  readonly name: string;
  readonly role: ContainerRole;
  spec: Frozen<Container>;
  phase: ContainerPhase;
  /** The runtime's id of the latest run; undefined before the first was created. */
  id: string | undefined;
  /** The run before the latest, which the runtime still keeps. */
  previousId: string | undefined;
  image: string | undefined;
  imageRef: string | undefined;
  /** The image as its spec had it when its latest run was made, as far as that is known. */
  specImage: string | undefined;
  /** Who its image's processes run as, as far as that is known. */
  imageUid: number | undefined;
  /** Who the latest run's first process is, as the runtime says. */
  user: ContainerUser | undefined;
  /** Runs created before the latest. */
  restarts: number;
  /** With what the next run is created: one more than any that is known of, in whichever sandbox it was. */
  attempt: number;
  /** Whether a run was created before, by this kubelet or one before it. */
  ran: boolean;
  startedAt: string | undefined;
  startedUptimeMs: number;
  /** How the latest run ended, when it has; `last` is how the one before it did. */
  end: Termination | undefined;
  last: Termination | undefined;
  /** Why it waits: ErrImagePull, CreateContainerError, ...; undefined for the usual reasons. */
  waiting: { readonly reason: string; readonly message: string } | undefined;
  /** The image that could not be pulled last, and whether it is one that it mounts. */
  missing: { readonly image: string; readonly isVolume: boolean } | undefined;
  /** Its startup probe has passed, or it has none. */
  started: boolean;
  ready: boolean;
  pullBackOffMs: number;
  pullStartedUptimeMs: number;
  /** The delay before the next restart but one; 0 before the first. */
  restartBackOffMs: number;
  /** The delay before the restart it waits for. */
  restartDelayMs: number;
  restartedUptimeMs: number;
  /** Answers of the runtime to what was asked before this number are not for this run. */
  epoch: number;
  probes: ProbeDeadlines;
  /** How often its probes came to what; undefined: none was made. */
  probed: Record<string, number> | undefined;
  /** Its postStart hook is still running. */
  isHooked: boolean;
  /** Its preStop hook, once it was begun. */
  preStop: PreStop | undefined;
  /** How long it is given to stop when that is not what its pod says. */
  stopGraceMs: number | undefined;
  /** What its latest run was given; `spec` has what was granted it. */
  actual: Frozen<ResourceRequirements> | undefined;
  /** The runtime was asked to give it what was granted, or refused and is asked again later. */
  isGiving: boolean;
  /** It is ended to be run again, whatever its pod's policy says. */
  restartsAnyway: boolean;
}

/** Why a pod has not been granted what its containers are to have. */
export interface ResizePending {
  readonly reason: "Deferred" | "Infeasible";
  readonly message: string;
}

/** A container and the pod that it is of. */
export interface Subject {
  readonly pod: PodRecord;
  readonly container: ContainerRecord;
}

/** The three things that are asked of a container. */
export type ProbeKind = "startup" | "readiness" | "liveness";

/** What a running container's probes wait for. */
export type ProbeDeadlines = { [Kind in ProbeKind]?: Alarm<Step> };

/** A preStop hook that was begun. */
export interface PreStop {
  isDone: boolean;
  /** Has the runtime stop the container, which waits for it. */
  signal: ((step: Step) => void) | undefined;
}

/** Why and how a pod is being stopped. */
export interface PodStop {
  graceMs: number;
  /** Since when that counts; the host's uptime. */
  sinceUptimeMs: number;
  readonly reason?: string;
  readonly message?: string;
}

/** A token that a pod has, and when it is to have another. */
export interface HeldToken {
  readonly token: string;
  /** The host's uptime. */
  readonly renewAtMs: number;
}

/** How far a pod's volumes are. */
export interface PodVolumes {
  /** What follows when all are there. */
  readonly mounted: (step: Step) => void;
  /** Somebody was asked for what they need. */
  isBusy: boolean;
  /** What they are made from has changed meanwhile. */
  isStale: boolean;
  failures: number;
  /** The next try, or the next look at the tokens. */
  alarm: Alarm<Step> | undefined;
  /** The next look at how much is in them, where that matters. */
  measuring: Alarm<Step> | undefined;
  readonly tokens: Map<string, HeldToken>;
  /** Whose those of its claims are said to be. */
  groups: readonly number[];
  /** Where those are that the computer had before, by the volume's name. */
  readonly paths: Map<string, string>;
  /** Those that nobody else may have meanwhile, by their names in the node's status. */
  used: readonly string[] | undefined;
}

/** Why a pod fails that would have gone on. */
export interface PodFailure {
  readonly reason: string;
  readonly message: string;
  /** Its node needs what it has. Default false. */
  readonly isDisruption?: boolean;
}

/** What the API has of a static pod. */
export interface Mirror {
  /** The newest that is known of it; undefined: there is none of this pod. */
  object: Frozen<Pod> | undefined;
  /** What an earlier life of this kubelet said by it was read. */
  isRestored: boolean;
}

/** A pod on this node. */
export interface PodRecord {
  readonly uid: string;
  /** Under what the kubelet keeps it: the uid. */
  readonly identity: string;
  readonly key: string;
  /** The newest that the API showed, or the manifest says. */
  pod: Frozen<Pod>;
  phase: PodPhase;
  readonly containers: ContainerRecord[];
  /** What the API has of a pod that this kubelet runs by itself; undefined: the pod is the API's own. */
  readonly mirror: Mirror | undefined;
  /** Undefined: it has none, or they are not wanted yet, or not any more. */
  volumes: PodVolumes | undefined;
  /** The images that were got for what its containers mount, by how it names them: what the runtime calls them. */
  readonly volumeImages: Map<string, string>;
  /** They were wanted, and are no more. */
  areVolumesGone: boolean;
  /** Drivers may have devices ready for it: until they have taken them back, nobody is told that it is over. */
  mayHoldDevices: boolean;
  sandbox: SandboxStatus | undefined;
  /** What its RuntimeClass says that it is run by; undefined: it names none, or it is not known yet. */
  runtimeHandler: string | undefined;
  sandboxAttempt: number;
  startTime: string | undefined;
  /** Set when the kubelet itself decided that the pod fails: Evicted, OutOfcpu, DeadlineExceeded. */
  failure: PodFailure | undefined;
  /** This node would not have it: nothing of it has run here, and nothing is told of its containers. */
  rejected: boolean;
  /** Others make room for it: though it has not been taken in, its place is taken. */
  isMadeRoomFor: boolean;
  stop: PodStop | undefined;
  /** The API does not have it any more. */
  removed: boolean;
  /** When each condition last changed, by type, with its status. */
  readonly transitions: Map<string, { status: string; at: string }>;
  /** What the API is known to have; undefined before anything was written. */
  reported: Frozen<PodStatus> | undefined;
  /** The version that `reported` is of. */
  reportedVersion: string;
  /** A write is under way. */
  writing: boolean;
  /** The API was told that nothing is left of it. */
  isDeletedHere: boolean;
  /** The API said that there is nothing left to write to. */
  unwanted: boolean;
  writeFailures: number;
  deadline: Alarm<Step> | undefined;
  /** When it will have been active for too long. */
  activeDeadline: Alarm<Step> | undefined;
  /** What the ConfigMaps and Secrets of its containers' environments held when they were last read. */
  readonly sources: Map<string, Readonly<Record<string, string>>>;
  /** Its containers are to have what cannot be granted now. */
  resizePending: ResizePending | undefined;
  /** What was granted is being given; with a reason where that failed. */
  resizing: { readonly reason?: string; readonly message?: string } | undefined;
}

/** A record for a pod that this kubelet has not seen before: one of the API's, or one that it runs by itself. */
export function newPodRecord(
  pod: Frozen<Pod>,
  { key, identity, isStatic = false }: Pick<PodRecord, "key" | "identity"> & { readonly isStatic?: boolean },
): PodRecord {
  const init = (pod.spec.initContainers ?? []).map((spec) =>
    newContainerRecord(spec, spec.restartPolicy === "Always" ? "sidecar" : "init"),
  );
  return {
    uid: pod.metadata.uid ?? "",
    identity,
    key,
    pod,
    phase: "admitting",
    containers: [
      ...init,
      ...pod.spec.containers.map((spec) => newContainerRecord(spec, "main")),
      ...(pod.spec.ephemeralContainers ?? []).map((spec) => newContainerRecord(spec, "ephemeral")),
    ],
    mirror: isStatic ? { object: undefined, isRestored: false } : undefined,
    volumes: undefined,
    volumeImages: new Map(),
    areVolumesGone: false,
    mayHoldDevices: podClaimsOf(pod).length > 0,
    sandbox: undefined,
    runtimeHandler: undefined,
    sandboxAttempt: 0,
    startTime: pod.status.startTime,
    failure: undefined,
    rejected: false,
    isMadeRoomFor: false,
    stop: undefined,
    removed: false,
    transitions: new Map(),
    reported: undefined,
    reportedVersion: "",
    writing: false,
    isDeletedHere: false,
    unwanted: false,
    writeFailures: 0,
    deadline: undefined,
    activeDeadline: undefined,
    sources: new Map(),
    resizePending: undefined,
    resizing: undefined,
  };
}

/** A record of a container that has not run yet. */
export function newContainerRecord(spec: Frozen<Container>, role: ContainerRole): ContainerRecord {
  return {
    name: spec.name,
    role,
    spec,
    phase: "waiting",
    id: undefined,
    previousId: undefined,
    image: undefined,
    imageRef: undefined,
    specImage: undefined,
    imageUid: undefined,
    user: undefined,
    restarts: 0,
    attempt: 0,
    ran: false,
    startedAt: undefined,
    startedUptimeMs: 0,
    end: undefined,
    last: undefined,
    waiting: undefined,
    missing: undefined,
    started: false,
    ready: false,
    pullBackOffMs: 0,
    pullStartedUptimeMs: 0,
    restartBackOffMs: 0,
    restartDelayMs: 0,
    restartedUptimeMs: 0,
    epoch: 0,
    probes: {},
    probed: undefined,
    isHooked: false,
    preStop: undefined,
    stopGraceMs: undefined,
    actual: undefined,
    isGiving: false,
    restartsAnyway: false,
  };
}

/** Whether the runtime may have a process of it. */
export function isLive({ phase }: ContainerRecord): boolean {
  return (
    phase === "running" ||
    phase === "stopping" ||
    phase === "starting" ||
    phase === "creating" ||
    phase === "cancelling"
  );
}

/** Whether a container comes before those that its pod is for. */
export function comesFirst({ role }: ContainerRecord): boolean {
  return role === "init" || role === "sidecar";
}

/** Whether an init container has done its part: ended well, or for a sidecar, started. */
export function isInitialized(container: ContainerRecord): boolean {
  if (container.role === "sidecar") return container.started;
  return container.phase === "ended" && container.end?.exitCode === 0;
}
