import { namespaceRules as namespaceKind } from "../../api/kinds/namespace.ts";
import { podRules as podKind } from "../../api/kinds/pod.ts";
import type { Checked } from "../../api/pod_security/check.ts";
import { violationsOf, violationsText } from "../../api/pod_security/evaluate.ts";
import { isLimited, isStricter, levelText, policyOf, type SecurityPolicy } from "../../api/pod_security/levels.ts";
import { forbiddenStatus, invalidObject, type Status } from "../../api/status.ts";
import type { Frozen, Namespace, Pod, PodSpec } from "../../api/types.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { groupResource, warn } from "../requests/call.ts";
import { cacheOf } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";
import { withNamespace } from "./dynamic/hooks.ts";

const controllers = [
  ...["deployments.apps", "replicasets.apps", "statefulsets.apps", "daemonsets.apps", "jobs.batch", "cronjobs.batch"],
  ...["replicationcontrollers", "podtemplates"],
];
const podsCheckedMax = 3_000;

/**
 * Holds pods to the policy that their namespace's labels name, and tells who makes what pods are made from.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export const podSecurity: AdmissionPlugin = {
  name: "PodSecurity",
  place: 12,
  handles: [
    {
      operations: ["CREATE", "UPDATE"],
      resources: ["pods", "pods/ephemeralcontainers", "pods/resize", "namespaces", ...controllers],
    },
  ],
  isIdle({ server, call }) {
    if (call.kind.kind === namespaceKind.kind) return false;
    const item = cacheOf(server, namespaceKind).items.get(`${namespaceKind.storagePrefix}/${call.namespace}`);
    return item !== undefined && !isLimited(objectOf(item).metadata.labels);
  },
  validate(admitting, verdict, step) {
    if (admitting.call.kind.kind === namespaceKind.kind) return verdict(namespaceRefusal(admitting), step);
    withNamespace(admitting, step, {
      verdict,
      go: (namespace, later) => verdict(podRefusal(admitting, namespace), later),
    });
  },
};

function podRefusal(admitting: Admitting, namespace: Frozen<Namespace> | undefined): Status | undefined {
  const { policy } = policyOf(namespace?.metadata.labels);
  const { enforce, warn: told } = policy;
  const isPod = admitting.call.kind.kind === podKind.kind;
  if (told.level === "privileged" && (!isPod || enforce.level === "privileged")) return undefined;
  const { draft, old, call } = admitting;
  const checked = draft && checkedOf(draft as { readonly metadata: Frozen<Pod>["metadata"] });
  if (!checked || (isPod && old && !isSignificant(draft as Pod, old as Frozen<Pod>))) return undefined;
  const violations = isPod ? violationsOf(checked, enforce) : [];
  if (violations.length > 0) {
    const text = `violates PodSecurity ${JSON.stringify(levelText(enforce))}: ${violationsText(violations)}`;
    return forbiddenStatus(groupResource(call), draft.metadata.name || (draft.metadata.generateName ?? ""), text);
  }
  const minor = violationsOf(checked, told);
  if (minor.length > 0)
    warn(call, [`would violate PodSecurity ${JSON.stringify(levelText(told))}: ${violationsText(minor)}`]);
  return undefined;
}

interface Templated {
  readonly metadata: Frozen<Pod>["metadata"];
  readonly spec?: Template["spec"] & {
    readonly template?: Template;
    readonly jobTemplate?: { readonly spec?: { readonly template?: Template } };
  };
  readonly template?: Template;
}

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec?: Frozen<PodSpec>;
}

/** A pod, or what its pods will be; undefined for what has none. */
function checkedOf(object: Templated): Checked | undefined {
  const { spec } = object;
  const made: Template = spec?.jobTemplate?.spec?.template ?? spec?.template ?? object.template ?? (object as Template);
  return made.spec?.containers ? { annotations: made.metadata?.annotations ?? {}, spec: made.spec } : undefined;
}

/** Of a pod that is there only new containers and other images matter. */
function isSignificant(pod: Pod, old: Frozen<Pod>): boolean {
  const images = ({ spec }: Frozen<Pod>) =>
    [spec.initContainers, spec.containers, spec.ephemeralContainers].flatMap((each) =>
      (each ?? []).map(({ name, image }) => `${name}=${image}`),
    );
  return images(pod as Frozen<Pod>).join() !== images(old).join();
}

/** Labels that cannot be understood are refused where they come; of pods that are there already one is told. */
function namespaceRefusal({ server, call, draft, old }: Admitting): Status | undefined {
  if (!draft || call.request.subresource) return undefined;
  const { policy, errors } = policyOf(draft.metadata.labels);
  const before = old && policyOf(old.metadata.labels);
  if (errors.length > 0 && JSON.stringify(errors) !== JSON.stringify(before?.errors)) {
    return invalidObject({ group: "", kind: namespaceKind.kind }, draft.metadata.name, errors);
  }
  if (!before || !isTighter(policy, before.policy)) return undefined;
  const items = [...itemsUnder(cacheOf(server, podKind), `${podKind.storagePrefix}/${draft.metadata.name}/`)];
  warn(
    call,
    existingText(
      policy,
      draft.metadata.name,
      items.map((item) => objectOf(item) as Frozen<Pod>),
    ),
  );
  return undefined;
}

function isTighter({ enforce }: SecurityPolicy, { enforce: before }: SecurityPolicy): boolean {
  if (enforce.level === "privileged") return false;
  if (enforce.minor !== before.minor) return true;
  return isStricter(enforce.level, before.level);
}

function existingText({ enforce }: SecurityPolicy, namespace: string, pods: readonly Frozen<Pod>[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const pod of pods.slice(0, podsCheckedMax)) {
    const { annotations = {}, name } = pod.metadata;
    const reasons = violationsOf({ annotations, spec: pod.spec }, enforce).map(({ reason }) => reason);
    if (reasons.length > 0) byReason.set(reasons.join(", "), [...(byReason.get(reasons.join(", ")) ?? []), name]);
  }
  const level = JSON.stringify(levelText(enforce));
  const told: string[] = [];
  if (pods.length > podsCheckedMax) {
    const count = `first ${podsCheckedMax} of ${pods.length} existing pods`;
    told.push(`new PodSecurity enforce level only checked against the ${count}`);
  }
  if (byReason.size === 0) return told;
  const lines = [...byReason].map(([reasons, names]) => {
    const [first = "", ...others] = names.sort();
    const more = others.length === 0 ? "" : ` (and ${others.length} other ${others.length === 1 ? "pod" : "pods"})`;
    return `${first}${more}: ${reasons}`;
  });
  return [
    ...told,
    `existing pods in namespace ${JSON.stringify(namespace)} violate the new PodSecurity enforce level ${level}`,
    ...lines.sort(),
  ];
}
