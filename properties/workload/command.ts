/** Of how many families a Service wants addresses. */
export type FamilyPolicy = "SingleStack" | "PreferDualStack" | "RequireDualStack";

/** What a user does to the cluster; it is tried until it is acknowledged, then the next one follows. */
export type Command = { readonly atMs: number } & (
  | {
      readonly op: "create";
      readonly name: string;
      readonly replicas: number;
      readonly image: string;
      readonly maxSurge: number | string;
      readonly maxUnavailable: number | string;
      /** Default 0. */
      readonly minReadySeconds?: number;
      /** Whether its containers have a readiness probe. Default false. */
      readonly probed?: boolean;
      /** All old pods go before new ones come; the shares mean nothing then. Default false. */
      readonly recreate?: boolean;
      /** Its pods have an init container. Default false. */
      readonly inits?: boolean;
      /** For how long its pods bear a node that is lost. Default: five minutes, longer than a run. */
      readonly bearsSeconds?: number;
      /** Its image is a module that serves, is probed, and ends well. Default: the image is one that is played. */
      readonly drains?: Drain;
      /** Its pods ask for nodes with these labels. Default: any node. */
      readonly nodeSelector?: Readonly<Record<string, string>>;
      /** How many old ReplicaSets are kept. Default: Kubernetes' own, ten. */
      readonly revisionHistoryLimit?: number;
    }
  | { readonly op: "scale"; readonly name: string; readonly replicas: number }
  | { readonly op: "setImage"; readonly name: string; readonly image: string }
  | { readonly op: "delete"; readonly name: string }
  /** Deletes the first `count` pods of a Deployment, by name; with `force` their processes get no time to end. */
  | { readonly op: "killPods"; readonly name: string; readonly count: number; readonly force?: boolean }
  /** A pod without an owner. */
  | {
      readonly op: "createPod";
      readonly name: string;
      readonly image: string;
      /** Is ready only when somebody has let it pass. Default false. */
      readonly gated?: boolean;
    }
  /** Lets a pod through its readiness gate. */
  | { readonly op: "passGate"; readonly name: string }
  /** Asks, once each, that the first `count` pods of a Deployment make room, by name; a budget may refuse that. */
  | { readonly op: "evictPods"; readonly name: string; readonly count: number }
  /** Without grace (`force`) the object goes at once, whatever its containers still do. */
  | { readonly op: "deletePod"; readonly name: string; readonly force: boolean }
  /** The node's kubelet, if it lives, registers it again after a while. */
  | { readonly op: "deleteNode"; readonly name: string }
  /** Gives a node labels, and takes those away that are null. */
  | { readonly op: "labelNode"; readonly name: string; readonly labels: Readonly<Record<string, string | null>> }
  /** A Service for the pods of the Deployment `selects`. */
  | {
      readonly op: "createService";
      readonly name: string;
      readonly selects: string;
      readonly shape: ServiceShape;
      /** Of how many families its addresses are to be. Default: of one. */
      readonly families?: FamilyPolicy;
    }
  /** Has a Service have addresses of more or fewer families. */
  | { readonly op: "changeFamilies"; readonly name: string; readonly families: FamilyPolicy }
  | { readonly op: "deleteService"; readonly name: string }
  /** By a merge patch; what the API does not let be is given up. */
  | { readonly op: "changeService"; readonly name: string; readonly spec: Readonly<Record<string, unknown>> }
  /** Whether the scheduler may put pods on a node. */
  | { readonly op: "cordon"; readonly name: string; readonly isOn: boolean }
  /** Gives a node the taint of users, or takes it away. */
  | { readonly op: "taint"; readonly name: string; readonly effect: "NoSchedule" | "NoExecute"; readonly isOn: boolean }
  | SetCommand
  | ChoreCommand
);

/** What a user holds objects with. */
export const holdFinalizer = "example.com/hold";

/** The key of the taint that users give nodes. */
export const userTaint = "example.com/kept";

/** What users make beside what runs all the time. */
export type ChoreKind =
  | "ConfigMap"
  | "CronJob"
  | "HorizontalPodAutoscaler"
  | "Job"
  | "LimitRange"
  | "Namespace"
  | "Pod"
  | "PodDisruptionBudget"
  | "PriorityClass"
  | "ReplicationController"
  | "ResourceQuota"
  | "ServiceAccount";

/** What a user does with a chore: an object that is made as it is written here, and may be deleted again. */
export type ChoreCommand = { readonly name: string; readonly namespace: string; readonly kind: ChoreKind } & (
  | {
      readonly op: "make";
      readonly object: Readonly<Record<string, unknown>>;
      /** The names of ConfigMaps of the same namespace that own it. Default: none do. */
      readonly ownedBy?: readonly string[];
    }
  /** By a merge patch. */
  | { readonly op: "change"; readonly patch: Readonly<Record<string, unknown>> }
  | { readonly op: "drop"; readonly propagationPolicy: "Orphan" | "Background" | "Foreground" }
);

/** What keeps pods and is no Deployment. */
export type SetKind = "StatefulSet" | "DaemonSet";

/** What a user does with a StatefulSet or a DaemonSet, which has as many pods as there are nodes. */
export type SetCommand =
  | {
      readonly op: "createSet";
      readonly set: SetKind;
      readonly name: string;
      /** Of a StatefulSet. */
      readonly replicas: number;
      readonly image: string;
      /** A StatefulSet makes all pods at once. Default false. */
      readonly parallel?: boolean;
      /** A DaemonSet makes new pods beside old ones. Default false. */
      readonly surges?: boolean;
      /** A StatefulSet leaves so many of its pods as they are, those of the lowest numbers. Default 0. */
      readonly partition?: number;
      /** The numbers of a StatefulSet's pods begin here. Default 0. */
      readonly start?: number;
      /** By this share of its nodes a DaemonSet's updates go on at a time. Default: one node. */
      readonly share?: string;
      /** Each pod of a StatefulSet has a claim of its own. Default false. */
      readonly claims?: boolean;
      /** Of which class they are. Default: the cluster's own. */
      readonly storageClass?: string;
      /** Whether its containers have a readiness probe. Default false. */
      readonly probed?: boolean;
    }
  | { readonly op: "scaleSet"; readonly name: string; readonly replicas: number }
  | { readonly op: "setImageOfSet"; readonly set: SetKind; readonly name: string; readonly image: string }
  /** The claim of one of its pods, which goes once no pod has it. */
  | { readonly op: "deleteClaim"; readonly name: string };

/** What kind of Service it is; `unready` publishes pods that are not ready, too; `door` has the port that traffic uses. */
export type ServiceShape = "plain" | "headless" | "unready" | "nodePort" | "balanced" | "local" | "door" | "stickyDoor";

/** How a server goes on until every node knows that it ends: by itself, or because a preStop hook sleeps. */
export type Drain = "signal" | "preStop";

/** What is wanted of one Deployment once all commands are acknowledged; undefined when it was deleted last. */
export interface Wanted {
  readonly replicas: number;
  readonly image: string;
}

/** What a list of commands, carried out in order, leaves behind. */
export function wantedAfter(commands: readonly Command[]): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const command of commands) {
    const before = wanted.get(command.name);
    if (command.op === "create" && !before)
      wanted.set(command.name, { replicas: command.replicas, image: command.image });
    else if (command.op === "delete") wanted.delete(command.name);
    else if (before && command.op === "scale") wanted.set(command.name, { ...before, replicas: command.replicas });
    else if (before && command.op === "setImage") wanted.set(command.name, { ...before, image: command.image });
  }
  return wanted;
}

/** What is wanted of one StatefulSet or DaemonSet. */
export interface WantedSet extends Wanted {
  readonly set: SetKind;
  readonly partition: number;
  readonly start: number;
}

/** The StatefulSets and DaemonSets that are wanted once all commands are acknowledged, by name. */
export function wantedSetsAfter(commands: readonly Command[]): ReadonlyMap<string, WantedSet> {
  const wanted = new Map<string, WantedSet>();
  for (const command of commands) {
    const before = wanted.get(command.name);
    if (command.op === "createSet" && !before) {
      const { set, replicas, image, partition = 0, start = 0 } = command;
      wanted.set(command.name, { set, replicas, image, partition, start });
    } else if (before && command.op === "scaleSet") {
      wanted.set(command.name, { ...before, replicas: command.replicas });
    } else if (before && command.op === "setImageOfSet") {
      wanted.set(command.name, { ...before, image: command.image });
    }
  }
  return wanted;
}

/** The pods without an owner that are wanted once all commands are acknowledged, by name. */
export function podsWantedAfter(commands: readonly Command[]): ReadonlySet<string> {
  const wanted = new Set<string>();
  for (const { op, name } of commands) {
    if (op === "createPod") wanted.add(name);
    else if (op === "deletePod") wanted.delete(name);
  }
  return wanted;
}

/** A chore that was asked for: whether it is to be there once all commands are acknowledged. */
export type WantedChore = Pick<ChoreCommand, "kind" | "namespace" | "name"> & {
  readonly isThere: boolean;
  /** As it was made. */
  readonly object?: Readonly<Record<string, unknown>>;
};

/** What a namespace is given again when it is taken away. */
const furniture: readonly string[] = ["ServiceAccount default", "ConfigMap kube-root-ca.crt"];

/** What becomes of all chores; what is in a namespace goes with it. */
export function wantedChoresAfter(commands: readonly Command[]): readonly WantedChore[] {
  const wanted = new Map<string, WantedChore>();
  for (const command of commands) {
    if (command.op !== "make" && command.op !== "drop") continue;
    const { kind, namespace, name } = command;
    if (furniture.includes(`${kind} ${name}`) || (command.op === "make" && command.ownedBy)) continue;
    const isThere = command.op === "make";
    const made = command.op === "make" ? { object: command.object } : {};
    wanted.set(`${kind} ${namespace}/${name}`, { kind, namespace, name, isThere, ...made });
    if (isThere || kind !== "Namespace") continue;
    for (const [key, each] of wanted) if (each.namespace === name) wanted.set(key, { ...each, isThere });
  }
  return [...wanted.values()];
}

/** A command in words. */
export function describeCommand(command: Command): string {
  switch (command.op) {
    case "create":
      return `create deployment ${command.name} with ${command.replicas} x ${command.image} (maxSurge ${command.maxSurge}, maxUnavailable ${command.maxUnavailable})`;
    case "scale":
      return `scale deployment ${command.name} to ${command.replicas}`;
    case "setImage":
      return `set image of deployment ${command.name} to ${command.image}`;
    case "delete":
      return `delete deployment ${command.name}`;
    case "killPods":
      return `delete ${command.count} pods of deployment ${command.name}${command.force ? " by force" : ""}`;
    case "createPod":
      return `create pod ${command.name} with ${command.image}`;
    case "deletePod":
      return `delete pod ${command.name}${command.force ? " by force" : ""}`;
    case "deleteNode":
      return `delete node ${command.name}`;
    case "labelNode":
      return `label node ${command.name} with ${JSON.stringify(command.labels)}`;
    case "cordon":
      return `${command.isOn ? "cordon" : "uncordon"} node ${command.name}`;
    case "taint":
      return `${command.isOn ? "taint" : "untaint"} node ${command.name} with ${command.effect}`;
    case "passGate":
      return `let pod ${command.name} pass its readiness gate`;
    case "evictPods":
      return `evict ${command.count} pods of deployment ${command.name}`;
    case "make":
    case "change":
      return `${command.op} ${command.kind} ${command.namespace}/${command.name}`;
    case "drop":
      return `delete ${command.kind} ${command.namespace}/${command.name}, ${command.propagationPolicy}`;
    case "createService":
      return `create ${command.shape} service ${command.name}${command.families ? ` (${command.families})` : ""} for deployment ${command.selects}`;
    case "changeFamilies":
      return `have service ${command.name} be ${command.families}`;
    case "changeService":
      return `change service ${command.name} to ${JSON.stringify(command.spec)}`;
    case "deleteService":
      return `delete service ${command.name}`;
    case "createSet":
      return `create ${command.set} ${command.name} with ${command.replicas} x ${command.image}`;
    case "deleteClaim":
      return `delete claim ${command.name}`;
    case "scaleSet":
      return `scale StatefulSet ${command.name} to ${command.replicas}`;
    case "setImageOfSet":
      return `set image of ${command.set} ${command.name} to ${command.image}`;
  }
}
