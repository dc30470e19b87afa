import { type ChoreCommand, type Command, wantedChoresAfter } from "./command.ts";

/** What workloads ask of pods, so far as it can come to nothing. */
export interface SpecOfPod {
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly priorityClassName?: string;
  readonly volumes?: readonly { readonly configMap?: { readonly name: string } }[];
  readonly containers?: readonly {
    readonly image: string;
    readonly ports?: readonly { readonly hostPort?: number }[];
    readonly env?: readonly { readonly valueFrom?: { readonly configMapKeyRef?: { readonly name: string } } }[];
  }[];
  readonly affinity?: {
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly labelSelector?: { readonly matchLabels?: Readonly<Record<string, string>> };
      }[];
    };
    readonly nodeAffinity?: unknown;
  };
}

/** What chores ask for, so far as it can come to nothing. */
export interface ChoreSpec {
  readonly hard?: { readonly pods?: string };
  readonly replicas?: number;
  readonly suspend?: boolean;
  readonly template?: { readonly spec?: SpecOfPod };
}

/** A ReplicationController that is wanted. */
export interface WantedCrew {
  /** Its namespace and name. */
  readonly key: string;
  readonly name: string;
  readonly replicas: number;
  readonly spec: SpecOfPod;
}

/** The ReplicationControllers that are wanted in the end, as they are then. */
export function crewsAfter(workload: readonly Command[]): readonly WantedCrew[] {
  const wanted = new Set(
    wantedChoresAfter(workload).flatMap(({ isThere, namespace, name }) => (isThere ? [`${namespace}/${name}`] : [])),
  );
  const crews = new Map<string, WantedCrew>();
  for (const command of workload) {
    if (!isChore(command) || command.kind !== "ReplicationController" || command.op === "drop") continue;
    const { namespace, name } = command;
    const key = `${namespace}/${name}`;
    const before = crews.get(key);
    if (command.op === "change" && !before) continue;
    const { spec } = (command.op === "make" ? command.object : command.patch) as { readonly spec?: ChoreSpec };
    const replicas = spec?.replicas ?? before?.replicas ?? 1;
    crews.set(key, { key, name, replicas, spec: spec?.template?.spec ?? before?.spec ?? {} });
  }
  return [...crews.values()].filter(({ key }) => wanted.has(key));
}

/** Whether a command is about a chore. */
export function isChore(command: Command): command is Command & ChoreCommand {
  return command.op === "make" || command.op === "change" || command.op === "drop";
}
