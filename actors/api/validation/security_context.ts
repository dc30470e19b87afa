/**
 * The rules for the security of pods and of their containers.
 */
import type { PodSecurityContext, SecurityContext } from "kubernetes-types/core/v1.js";
import { addErrors, duplicate, type FieldError, invalid, notSupported, required, tooLong } from "../field_error.ts";
import type { Frozen, PodSpec } from "../types.ts";
import { localPathErrors } from "./paths.ts";
import { validateWindowsOptions } from "./windows_options.ts";

const idMax = 2 ** 31 - 1;
const profileTypes = ["Localhost", "RuntimeDefault", "Unconfined"];
const groupPolicies = ["Always", "OnRootMismatch"];
const supplementalPolicies = ["Merge", "Strict"];
const labelPolicies = ["MountOption", "Recursive"];
const procMounts = ["Default", "Unmasked"];
const sysctlSegment = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
const sysctlName = `(${sysctlSegment}[\\./])*${sysctlSegment}`;
const sysctlPattern = new RegExp(`^${sysctlName}$`);
const sysctlCharsMax = 253;

/** A profile of seccomp or AppArmor. */
interface Profile {
  readonly type?: string;
  readonly localhostProfile?: string;
}

/** Fields that are newer than the package that gives the others. */
interface Newer {
  readonly appArmorProfile?: Profile;
  readonly supplementalGroupsPolicy?: string;
  readonly seLinuxChangePolicy?: string;
}

/** What is wrong with the security of a pod. */
export function validatePodSecurity(spec: Frozen<PodSpec>, path: string): FieldError[] {
  const context = spec.securityContext as (Frozen<PodSecurityContext> & Newer) | undefined;
  const errors: FieldError[] = [];
  const at = `${path}.securityContext`;
  for (const name of ["fsGroup", "runAsUser", "runAsGroup"] as const) {
    addErrors(errors, idErrors(context?.[name], `${at}.${name}`));
  }
  for (const [index, group] of (context?.supplementalGroups ?? []).entries()) {
    addErrors(errors, idErrors(group, `${at}.supplementalGroups[${index}]`));
  }
  if (spec.shareProcessNamespace === true && spec.hostPID === true) {
    const text = "ShareProcessNamespace and HostPID cannot both be enabled";
    errors.push(invalid(`${at}.shareProcessNamespace`, true, text));
  }
  if (context === undefined) return errors;
  addErrors(errors, sysctlErrors(context.sysctls ?? [], `${at}.sysctls`, spec));
  const { fsGroupChangePolicy, supplementalGroupsPolicy, seLinuxChangePolicy } = context;
  const { seccompProfile, appArmorProfile } = context;
  if (fsGroupChangePolicy !== undefined && !groupPolicies.includes(fsGroupChangePolicy)) {
    errors.push(notSupported(`${at}.fsGroupChangePolicy`, fsGroupChangePolicy, groupPolicies));
  }
  addErrors(errors, profileErrors(seccompProfile, { at: `${at}.seccompProfile`, what: "seccomp" }));
  addErrors(errors, validateWindowsOptions(context.windowsOptions, `${at}.windowsOptions`));
  addErrors(errors, profileErrors(appArmorProfile, { at: `${at}.appArmorProfile`, what: "AppArmor" }));
  if (supplementalGroupsPolicy !== undefined && !supplementalPolicies.includes(supplementalGroupsPolicy)) {
    errors.push(notSupported(`${at}.supplementalGroupsPolicy`, supplementalGroupsPolicy, supplementalPolicies));
  }
  if (seLinuxChangePolicy !== undefined && !labelPolicies.includes(seLinuxChangePolicy)) {
    errors.push(notSupported(`${at}.seLinuxChangePolicy`, seLinuxChangePolicy, labelPolicies));
  }
  return errors;
}

/** What is wrong with the security of a container. */
export function validateSecurityContext(
  found: Frozen<SecurityContext> | undefined,
  at: string,
  hostUsers: boolean,
): FieldError[] {
  const context = found as (Frozen<SecurityContext> & Newer) | undefined;
  if (context === undefined) return [];
  const errors: FieldError[] = [
    ...idErrors(context.runAsUser, `${at}.runAsUser`),
    ...idErrors(context.runAsGroup, `${at}.runAsGroup`),
  ];
  const { procMount, allowPrivilegeEscalation, privileged, capabilities } = context;
  if (procMount !== undefined && !procMounts.includes(procMount)) {
    errors.push(notSupported(`${at}.procMount`, procMount, procMounts));
  }
  if (hostUsers && procMount === "Unmasked") {
    errors.push(invalid(`${at}.procMount`, procMount, "`hostUsers` must be false to use `Unmasked`"));
  }
  addErrors(errors, profileErrors(context.seccompProfile, { at: `${at}.seccompProfile`, what: "seccomp" }));
  if (allowPrivilegeEscalation === false) {
    const text = "cannot set `allowPrivilegeEscalation` to false and";
    if (privileged === true) errors.push(invalid(at, context, `${text} \`privileged\` to true`));
    if (capabilities?.add?.includes("CAP_SYS_ADMIN") === true) {
      errors.push(invalid(at, context, `${text} \`capabilities.Add\` CAP_SYS_ADMIN`));
    }
  }
  addErrors(errors, validateWindowsOptions(context.windowsOptions, `${at}.windowsOptions`));
  addErrors(errors, profileErrors(context.appArmorProfile, { at: `${at}.appArmorProfile`, what: "AppArmor" }));
  return errors;
}

function idErrors(id: number | undefined, at: string): FieldError[] {
  if (id === undefined || (id >= 0 && id <= idMax)) return [];
  return [invalid(at, id, `must be between 0 and ${idMax}, inclusive`)];
}

/** What is wrong with ports of a pod in its node's network: a template may leave open what is filled in for its pods. */
export function hostPortErrors(spec: Frozen<PodSpec>, path: string, isPod: boolean): FieldError[] {
  if (spec.hostNetwork !== true) return [];
  return (spec.containers ?? []).flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort = 0, containerPort }, place) => {
      if (hostPort === containerPort || (!isPod && hostPort === 0)) return [];
      const text = "must match `containerPort` when `hostNetwork` is true";
      return [invalid(`${path}.containers[${index}].ports[${place}].hostPort`, hostPort, text)];
    }),
  );
}

/** Which namespace a setting is of, as the kernel has them. */
const netSetting = /^net[./]/;
const ipcSetting = /^(kernel[./](sem$|shm|msg)|fs[./]mqueue[./])/;

function sysctlErrors(sysctls: readonly { readonly name: string }[], at: string, spec: Frozen<PodSpec>): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  for (const [index, { name = "" }] of sysctls.entries()) {
    const here = `${at}[${index}].name`;
    if (name === "") errors.push(required(here));
    else if (name.length > sysctlCharsMax || !sysctlPattern.test(name)) {
      const text = `must have at most ${sysctlCharsMax} characters and match regex ^${sysctlName}$`;
      errors.push(invalid(here, name, text));
    } else if (seen.has(name)) errors.push(duplicate(here, name));
    if (spec.hostNetwork && netSetting.test(name)) {
      errors.push(invalid(here, name, "may not be specified when 'hostNetwork' is true"));
    } else if (spec.hostIPC && ipcSetting.test(name)) {
      errors.push(invalid(here, name, "may not be specified when 'hostIPC' is true"));
    }
    seen.add(name);
  }
  return errors;
}

function profileErrors(profile: Profile | undefined, { at, what }: { at: string; what: string }): FieldError[] {
  if (profile === undefined) return [];
  const { type = "", localhostProfile } = profile;
  const errors: FieldError[] = [];
  const field = at.slice(at.lastIndexOf(".") + 1);
  const isAppArmor = what === "AppArmor";
  if (type === "") errors.push(required(`${at}.type`, `type is required when ${field} is set`));
  else if (!profileTypes.includes(type)) errors.push(notSupported(`${at}.type`, type, profileTypes));
  const here = `${at}.localhostProfile`;
  if (type === "Localhost") {
    const isThere = isAppArmor ? (localhostProfile ?? "") !== "" : localhostProfile !== undefined;
    if (!isThere) errors.push(required(here, `must be set when ${what} type is Localhost`));
    else
      addErrors(
        errors,
        isAppArmor ? nameErrors(localhostProfile, here) : localPathErrors(localhostProfile ?? "", here),
      );
  } else if (localhostProfile !== undefined) {
    const value = isAppArmor ? localhostProfile : profile;
    errors.push(invalid(here, value, `can only be set when ${what} type is Localhost`));
  }
  return errors;
}

const profileBytesMax = 4_095;

function nameErrors(name = "", at: string): FieldError[] {
  return [
    ...(name === name.trim() ? [] : [invalid(at, name, "must not be padded with whitespace")]),
    ...(name.length > profileBytesMax ? [tooLong(at, profileBytesMax)] : []),
  ];
}
