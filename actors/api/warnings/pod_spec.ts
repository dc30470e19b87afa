/**
 * What a server warns of in a pod or in a template of pods: what is deprecated, without effect, or hardly meant. Rules
 * and words are those of Kubernetes' pkg/api/pod/warnings.go.
 */
import type { Fields, Frozen, ObjectMeta, PodSpec } from "../types.ts";
import { containersOf, containerWarnings, fractionalBytes, portWarnings } from "./containers.ts";
import { deprecatedNodeLabel, nodeSelectorTermWarnings } from "./node_labels.ts";
import { volumeWarnings } from "./volumes.ts";

/** A pod or a template. */
export interface PodLike {
  readonly metadata?: Frozen<Partial<ObjectMeta>> | undefined;
  readonly spec: Frozen<PodSpec>;
}

const sysctls = 'non-functional in v1.11+; use the "sysctls" field instead';
const deprecatedAnnotations: readonly (readonly [string, string])[] = [
  ["scheduler.alpha.kubernetes.io/critical-pod", 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ["security.alpha.kubernetes.io/sysctls", sysctls],
  ["security.alpha.kubernetes.io/unsafe-sysctls", sysctls],
];

/** The warnings of a pod (`at` is empty) or of a template (`at` is its path). */
export function podWarnings({ metadata, spec }: PodLike, at = ""): string[] {
  const root = at === "" ? "" : `${at}.`;
  const path = `${root}spec`;
  const containers = containersOf(spec, path);
  return [
    ...selectorWarnings(spec, path),
    ...spreadWarnings(spec, path),
    ...deprecatedAnnotations.flatMap(([key, why]) => annotationWarning(metadata, { key, why, root })),
    ...volumeWarnings(spec, path),
    ...repeated(spec.hostAliases, { at: `${path}.hostAliases`, key: "ip" }),
    ...repeated(spec.imagePullSecrets, { at: `${path}.imagePullSecrets`, key: "name" }),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      name ? [] : [`${path}.imagePullSecrets[${index}].name: invalid empty name ""`],
    ),
    ...fractionalBytes(spec.overhead as Record<string, string> | undefined, `${path}.overhead`),
    ...seccompWarning(metadata, { profile: spec.securityContext?.seccompProfile, key: "pod", root }),
    ...containers.flatMap(({ container, path: own }) => [
      ...seccompWarning(metadata, {
        profile: container.securityContext?.seccompProfile,
        key: `container.seccomp.security.alpha.kubernetes.io/${container.name}`,
        root,
      }),
      ...appArmorWarning({ metadata, spec }, { container, root }),
      ...containerWarnings(container, own),
    ]),
    ...portWarnings(spec, path),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [`${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`]
      : []),
    ...affinityWarnings(spec, path),
  ];
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
  const has = spec.securityContext?.appArmorProfile ?? container.securityContext?.appArmorProfile;
  if (root === "" || has !== undefined) return [];
  const key = `container.apparmor.security.beta.kubernetes.io/${container.name}`;
  const why = 'deprecated since v1.30; use the "appArmorProfile" field instead';
  return annotationWarning(metadata, { key, why, root });
}

function selectorWarnings({ nodeSelector, affinity }: Frozen<PodSpec>, at: string): string[] {
  const selected = Object.keys(nodeSelector ?? {}).flatMap((key) => {
    const why = deprecatedNodeLabel(key);
    return why === undefined ? [] : [`${at}.nodeSelector[${key}]: ${why}`];
  });
  const path = `${at}.affinity.nodeAffinity`;
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution } =
    affinity?.nodeAffinity ?? {};
  const terms = (required?.nodeSelectorTerms ?? []).flatMap((term, index) =>
    nodeSelectorTermWarnings(
      term,
      `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${index}]`,
    ),
  );
  const preferred = (preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, index) =>
    nodeSelectorTermWarnings(
      preference,
      `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}].preference`,
    ),
  );
  return [...selected, ...terms, ...preferred];
}

const matchesNothing = "a null labelSelector results in matching no pod";

function spreadWarnings({ topologySpreadConstraints = [] }: Frozen<PodSpec>, at: string): string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, index) => {
    const path = `${at}.topologySpreadConstraints[${index}]`;
    const why = deprecatedNodeLabel(topologyKey);
    return [
      ...(why === undefined ? [] : [`${path}.topologyKey: ${topologyKey} is ${why}`]),
      ...(labelSelector === undefined ? [`${path}.labelSelector: ${matchesNothing}`] : []),
    ];
  });
}

function affinityWarnings({ affinity }: Frozen<PodSpec>, at: string): string[] {
  return (["podAffinity", "podAntiAffinity"] as const).flatMap((name) => {
    const path = `${at}.affinity.${name}`;
    const terms = affinity?.[name]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
    const weighted = affinity?.[name]?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return [
      ...terms.flatMap(({ labelSelector }, index) => {
        const own = `${path}.requiredDuringSchedulingIgnoredDuringExecution[${index}].labelSelector`;
        return labelSelector === undefined ? [`${own}: ${matchesNothing}`] : [];
      }),
      ...weighted.flatMap(({ podAffinityTerm }, index) => {
        const own = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${index}].podAffinityTerm.labelSelector`;
        return podAffinityTerm.labelSelector === undefined ? [`${own}: ${matchesNothing}`] : [];
      }),
    ];
  });
}

function repeated(list: readonly object[] = [], { at, key }: { at: string; key: string }): string[] {
  const seen = new Set<unknown>();
  return list.flatMap((item, index) => {
    const value = (item as Fields)[key] ?? "";
    if (seen.has(value)) return [`${at}[${index}].${key}: duplicate ${key} ${JSON.stringify(value)}`];
    seen.add(value);
    return [];
  });
}
