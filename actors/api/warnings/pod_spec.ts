/**
 * What a server warns of in a pod or in a template of pods: what is deprecated, without effect, or hardly meant. Rules
 * and words are those of Kubernetes' pkg/api/pod/warnings.go.
 */
import type { Fields, Frozen, ObjectMeta, PodSpec } from "../types.ts";
import { containersOf, containerWarnings, fractionalBytes } from "./containers.ts";
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from "./node_labels.ts";
import { portWarnings } from "./ports.ts";
import { volumeWarnings } from "./volumes.ts";

/** A pod or a template, which need not have a spec where nobody judged it. */
export interface PodLike {
  readonly metadata?: Frozen<Partial<ObjectMeta>> | undefined;
  readonly spec?: Frozen<PodSpec> | undefined;
}

const sysctls = 'non-functional in v1.11+; use the "sysctls" field instead';
const deprecatedAnnotations: readonly (readonly [string, string])[] = [
  ["scheduler.alpha.kubernetes.io/critical-pod", 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ["security.alpha.kubernetes.io/sysctls", sysctls],
  ["security.alpha.kubernetes.io/unsafe-sysctls", sysctls],
];

/**
 * The warnings of a pod (`at` is empty) or of a template (`at` is its path), one by one: an object can be worth a
 * million of them, of which a client is told some dozens.
 */
export function* podWarnings(pod: PodLike | undefined, at = ""): Generator<string> {
  const { metadata, spec } = pod ?? {};
  if (spec === undefined) return;
  const root = at === "" ? "" : `${at}.`;
  const path = `${root}spec`;
  yield* selectorWarnings(spec, path);
  yield* spreadWarnings(spec, path);
  for (const [key, why] of deprecatedAnnotations) yield* annotationWarning(metadata, { key, why, root });
  yield* volumeWarnings(spec, path);
  yield* repeated(spec.hostAliases, { at: `${path}.hostAliases`, key: "ip" });
  yield* repeated(spec.imagePullSecrets, { at: `${path}.imagePullSecrets`, key: "name" });
  for (const [index, { name }] of (spec.imagePullSecrets ?? []).entries()) {
    if (!name) yield `${path}.imagePullSecrets[${index}].name: invalid empty name ""`;
  }
  yield* fractionalBytes(spec.overhead as Record<string, string> | undefined, `${path}.overhead`);
  yield* seccompWarning(metadata, { profile: spec.securityContext?.seccompProfile, key: "pod", root });
  for (const { container, path: own } of containersOf(spec, path)) {
    yield* seccompWarning(metadata, {
      profile: container.securityContext?.seccompProfile,
      key: `container.seccomp.security.alpha.kubernetes.io/${container.name}`,
      root,
    });
    yield* appArmorWarning({ metadata, spec }, { container, root });
    yield* containerWarnings(container, own);
  }
  yield* portWarnings(spec, path);
  if ((spec.terminationGracePeriodSeconds ?? 0) < 0) {
    yield `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`;
  }
  yield* affinityWarnings(spec, path);
}

interface Annotation {
  readonly key: string;
  readonly why: string;
  readonly root: string;
}

function annotationWarning(metadata: PodLike["metadata"], { key, why, root }: Annotation): string[] {
  return metadata?.annotations?.[key] === undefined ? [] : [`${root}metadata.annotations[${key}]: ${why}`];
}

interface Seccomp {
  readonly profile: unknown;
  readonly key: string;
  readonly root: string;
}

function seccompWarning(metadata: PodLike["metadata"], { profile, key, root }: Seccomp): string[] {
  if (profile !== undefined) return [];
  const name = key === "pod" ? "seccomp.security.alpha.kubernetes.io/pod" : key;
  const why = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  return annotationWarning(metadata, { key: name, why, root });
}

/** Of templates alone: a pod's annotation becomes its field. */
function appArmorWarning(
  { metadata, spec }: PodLike,
  { container, root }: { container: ReturnType<typeof containersOf>[number]["container"]; root: string },
): string[] {
  const has = spec?.securityContext?.appArmorProfile ?? container.securityContext?.appArmorProfile;
  if (root === "" || has !== undefined) return [];
  const key = `container.apparmor.security.beta.kubernetes.io/${container.name}`;
  const why = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  return annotationWarning(metadata, { key, why, root });
}

const hard = "requiredDuringSchedulingIgnoredDuringExecution";
const soft = "preferredDuringSchedulingIgnoredDuringExecution";

function* selectorWarnings({ nodeSelector, affinity }: Frozen<PodSpec>, at: string): Generator<string> {
  for (const key in nodeSelector) {
    const why = deprecatedNodeLabel(key);
    if (why !== undefined) yield `${at}.nodeSelector[${key}]: ${why}`;
  }
  const path = `${at}.affinity.nodeAffinity`;
  const node = affinity?.nodeAffinity;
  for (const [index, term] of (node?.[hard]?.nodeSelectorTerms ?? []).entries()) {
    yield* nodeSelectorTermWarnings(term, `${path}.${hard}.nodeSelectorTerms[${index}]`);
  }
  for (const [index, { preference }] of (node?.[soft] ?? []).entries()) {
    yield* nodeSelectorTermWarnings(preference, `${path}.${soft}[${index}].preference`);
  }
}

const matchesNothing = "a null labelSelector results in matching no pod";

function* spreadWarnings({ topologySpreadConstraints = [] }: Frozen<PodSpec>, at: string): Generator<string> {
  for (const [index, { topologyKey, labelSelector }] of topologySpreadConstraints.entries()) {
    const path = `${at}.topologySpreadConstraints[${index}]`;
    const why = deprecatedNodeLabel(topologyKey);
    if (why !== undefined) yield `${path}.topologyKey: ${topologyKey} is ${why}`;
    if (labelSelector === undefined) yield `${path}.labelSelector: ${matchesNothing}`;
  }
}

function* affinityWarnings({ affinity }: Frozen<PodSpec>, at: string): Generator<string> {
  for (const name of ["podAffinity", "podAntiAffinity"] as const) {
    const path = `${at}.affinity.${name}`;
    for (const [index, { labelSelector }] of (affinity?.[name]?.[hard] ?? []).entries()) {
      if (labelSelector === undefined) yield `${path}.${hard}[${index}].labelSelector: ${matchesNothing}`;
    }
    for (const [index, { podAffinityTerm }] of (affinity?.[name]?.[soft] ?? []).entries()) {
      const own = `${path}.${soft}[${index}].podAffinityTerm.labelSelector`;
      if (podAffinityTerm.labelSelector === undefined) yield `${own}: ${matchesNothing}`;
    }
  }
}

function* repeated(list: readonly object[] = [], { at, key }: { at: string; key: string }): Generator<string> {
  const seen = new Set<unknown>();
  for (const [index, item] of list.entries()) {
    const value = (item as Fields)[key] ?? "";
    if (seen.has(value)) yield `${at}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`;
    seen.add(value);
  }
}
