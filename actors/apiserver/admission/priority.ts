import { storageKey } from "../../api/kind.ts";
import {
  type PriorityClass,
  priorityClassRules as priorityClass,
  systemPriorities,
} from "../../api/kinds/priority_class.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import { type Frozen, ownValue, type Pod } from "../../api/types.ts";
import { groupResource } from "../requests/call.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";

/**
 * Gives a new pod the number that its priority class stands for. One that names no class has that of the class which is
 * meant for all others, or else the least of ordinary ones. A pod that is replaced by one that says nothing of it keeps
 * what it has.
 */
export const priority: AdmissionPlugin = {
  name: "Priority",
  place: 14,
  handles: [{ operations: ["CREATE", "UPDATE"], resources: ["pods"] }],
  admit: (admitting, verdict, step) => verdict(classify(admitting), step),
};

/** Fills in what a pod's class says; a Status when there is none of that name, or the pod says otherwise. */
function classify({ server, call, draft, old }: Admitting): Status | undefined {
  if (!draft) return undefined;
  // A new object of the kind has been read by the kind's schema.
  const { metadata, spec } = draft as Pod;
  if (old) return keep(spec, (old as Frozen<Pod>).spec);
  const refused = (text: string) =>
    forbiddenStatus(groupResource(call), metadata.name || (metadata.generateName ?? ""), text);
  const found = classOf(server, spec.priorityClassName ?? "");
  if (found === undefined) return refused(`no PriorityClass with name ${spec.priorityClassName} was found`);
  const { name, value, preemptionPolicy } = found;
  if (name !== "") spec.priorityClassName = name;
  if (spec.priority !== undefined && spec.priority !== value) {
    return refused(
      `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
    );
  }
  spec.priority = value;
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== preemptionPolicy) {
    return refused(
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${preemptionPolicy} from the given PriorityClass name`,
    );
  }
  spec.preemptionPolicy = preemptionPolicy;
  return undefined;
}

function keep(spec: Pod["spec"], before: Frozen<Pod>["spec"]): undefined {
  if (before.priority !== undefined) spec.priority ??= before.priority;
  if (before.preemptionPolicy !== undefined) spec.preemptionPolicy ??= before.preemptionPolicy;
}

interface Class {
  readonly name: string;
  readonly value: number;
  readonly preemptionPolicy: string;
}

const usual: Class = { name: "", value: 0, preemptionPolicy: "PreemptLowerPriority" };

function classOf(server: Server, name: string): Class | undefined {
  const { items } = cacheOf(server, priorityClass);
  if (name === "") return globalDefault(server) ?? usual;
  const item = items.get(storageKey(priorityClass, { name }));
  if (item !== undefined) return asClass(objectOf(item) as Frozen<PriorityClass>);
  // The system's own are known before they are stored.
  const value = ownValue(systemPriorities, name);
  return value === undefined ? undefined : { ...usual, name, value };
}

/** Of several classes that are meant for all others, the least counts, as in Kubernetes. */
function globalDefault(server: Server): Class | undefined {
  let found: Class | undefined;
  for (const item of cacheOf(server, priorityClass).items.values()) {
    const each = objectOf(item) as Frozen<PriorityClass>;
    if (each.globalDefault === true && (found === undefined || each.value < found.value)) found = asClass(each);
  }
  return found;
}

function asClass({ metadata, value, preemptionPolicy = usual.preemptionPolicy }: Frozen<PriorityClass>): Class {
  return { name: metadata.name, value, preemptionPolicy };
}
