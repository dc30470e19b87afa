/**
 * The rules for annotations of pods that Kubernetes reads.
 */
import { type FieldError, forbidden, invalid } from "../field_error.ts";
import type { Frozen, PodSpec } from "../types.ts";
import { localPathErrors } from "./paths.ts";

type Annotations = Readonly<Record<string, string>>;

const deletionCost = "controller.kubernetes.io/pod-deletion-cost";
/** What a pod of a node's own is known by. */
export const mirrorAnnotation = "kubernetes.io/config.mirror";
const seccompOfPod = "seccomp.security.alpha.kubernetes.io/pod";
const seccompOfContainer = "container.seccomp.security.alpha.kubernetes.io/";
const appArmor = "container.apparmor.security.beta.kubernetes.io/";
const intMax = 2 ** 31 - 1;

/** What is wrong with a pod's annotations, or does not go with its spec. */
export function validatePodAnnotations(annotations: Annotations, spec: Frozen<PodSpec>, at: string): FieldError[] {
  const errors: FieldError[] = [];
  if (annotations[mirrorAnnotation] !== undefined && !spec.nodeName) {
    const text = "must set spec.nodeName if mirror pod annotation is set";
    errors.push(invalid(`${at}[${mirrorAnnotation}]`, annotations[mirrorAnnotation], text));
  }
  const cost = annotations[deletionCost];
  if (cost !== undefined && !isCost(cost)) {
    errors.push(invalid(`${at}[${deletionCost}]`, cost, "must be a 32bit integer"));
  }
  for (const [key, value] of Object.entries(annotations)) {
    if (key === seccompOfPod || key.startsWith(seccompOfContainer))
      errors.push(...seccompErrors(value, `${at}.${key}`));
    if (key.startsWith(appArmor)) errors.push(...appArmorErrors(key, { value, spec, at: `${at}[${key}]` }));
  }
  return errors;
}

/** As Go reads an integer: with no plus sign and no zeros before it. */
function isCost(text: string): boolean {
  return /^(0|-?[1-9]\d{0,9})$/.test(text) && Number(text) >= -intMax - 1 && Number(text) <= intMax;
}

function seccompErrors(profile: string, at: string): FieldError[] {
  if (["runtime/default", "docker/default", "unconfined"].includes(profile)) return [];
  if (profile.startsWith("localhost/")) return localPathErrors(profile.slice("localhost/".length), at);
  return [invalid(at, profile, "must be a valid seccomp profile")];
}

function appArmorErrors(key: string, { value, spec, at }: { value: string; spec: Frozen<PodSpec>; at: string }) {
  const name = key.slice(appArmor.length);
  const lists = [spec.initContainers, spec.containers, spec.ephemeralContainers];
  const isThere = lists.some((list) => list?.some((container) => container.name === name));
  const isProfile = ["", "runtime/default", "unconfined"].includes(value) || value.startsWith("localhost/");
  return [
    ...(isThere ? [] : [invalid(at, name, "container not found")]),
    ...(isProfile ? [] : [invalid(at, value, `invalid AppArmor profile name: ${JSON.stringify(value)}`)]),
  ];
}

/** What is wrong with a change of a pod's annotations: some say what the pod was made as. */
export function validatePodAnnotationChange(now: Annotations, old: Annotations, at: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(old)) {
    if (now[key] === value) continue;
    if (key.startsWith(appArmor)) {
      errors.push(forbidden(`${at}[${key}]`, "may not remove or update AppArmor annotations"));
    }
    if (key === mirrorAnnotation)
      errors.push(forbidden(`${at}[${key}]`, "may not remove or update mirror pod annotation"));
  }
  for (const key of Object.keys(now)) {
    if (old[key] !== undefined) continue;
    if (key.startsWith(appArmor)) errors.push(forbidden(`${at}[${key}]`, "may not add AppArmor annotations"));
    if (key === mirrorAnnotation) errors.push(forbidden(`${at}[${key}]`, "may not add mirror pod annotation"));
  }
  return errors;
}

interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** What is wrong with annotations of a new pod that say another profile of seccomp than its fields do. */
export function validateSeccompAnnotations(annotations: Annotations, spec: Frozen<PodSpec>, at: string): FieldError[] {
  const own = `${at}.securityContext.seccompProfile`;
  const errors = matchErrors(annotations[seccompOfPod], spec.securityContext?.seccompProfile, own);
  for (const list of ["initContainers", "containers", "ephemeralContainers"] as const) {
    for (const [index, { name, securityContext }] of (spec[list] ?? []).entries()) {
      const path = `${at}.${list}[${index}].securityContext.seccompProfile`;
      errors.push(...matchErrors(annotations[`${seccompOfContainer}${name}`], securityContext?.seccompProfile, path));
    }
  }
  return errors;
}

const localhost = "localhost/";

function matchErrors(annotation: string | undefined, profile: Profile | undefined, at: string): FieldError[] {
  if (annotation === undefined || profile === undefined) return [];
  const known: Readonly<Record<string, readonly string[]>> = {
    Unconfined: ["unconfined"],
    RuntimeDefault: ["runtime/default", "docker/default"],
  };
  const { type = "", localhostProfile } = profile;
  const isSame = type === "Localhost" ? annotation.startsWith(localhost) : (known[type]?.includes(annotation) ?? true);
  if (!isSame) return [forbidden(`${at}.type`, "seccomp type in annotation and field must match")];
  if (type !== "Localhost" || annotation.slice(localhost.length) === localhostProfile) return [];
  return [forbidden(`${at}.localhostProfile`, "seccomp profile in annotation and field must match")];
}
