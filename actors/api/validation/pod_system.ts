/**
 * The rules for the operating system that a pod is for, and for whose users it runs as.
 */
import { type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import type { Container, Frozen, PodSpec } from "../types.ts";

const systems = ["linux", "windows"];

type Written = Readonly<Record<string, unknown>>;

interface PlacedContainer {
  readonly at: string;
  readonly context: Written | undefined;
}

/** Fields of a pod and of its security, and of a container's, that mean nothing on Windows. */
const podFields = ["hostUsers", "hostPID", "hostIPC", "shareProcessNamespace"];
const podContextFields = [
  ...["appArmorProfile", "seLinuxOptions", "seccompProfile", "fsGroup", "fsGroupChangePolicy", "sysctls", "runAsUser"],
  ...["runAsGroup", "supplementalGroups", "supplementalGroupsPolicy", "seLinuxChangePolicy"],
];
const containerContextFields = [
  ...["appArmorProfile", "seLinuxOptions", "seccompProfile", "capabilities", "readOnlyRootFilesystem", "privileged"],
  ...["allowPrivilegeEscalation", "procMount", "runAsUser", "runAsGroup"],
];
const notOnWindows = "cannot be set for a windows pod";
const notOnLinux = "windows options cannot be set for a linux pod";

function contextsOf(spec: Frozen<PodSpec>, at: string): PlacedContainer[] {
  const lists = ["initContainers", "containers", "ephemeralContainers"] as const;
  return lists.flatMap((list) =>
    ((spec[list] ?? []) as readonly Frozen<Container>[]).map(({ securityContext }, index) => ({
      at: `${at}.${list}[${index}].securityContext`,
      context: securityContext as Written | undefined,
    })),
  );
}

/** What is wrong with a pod whose processes are the Windows node's own. */
export function validateHostProcesses(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const ofPod = hostProcessIn(spec.securityContext as Written | undefined);
  const errors: FieldError[] = [];
  const contexts = contextsOf(spec, at);
  let count = 0;
  for (const each of contexts) {
    const own = hostProcessIn(each.context);
    if (ofPod !== undefined && own !== undefined && ofPod !== own) {
      const text = `pod hostProcess value must be identical if both are specified, was ${ofPod}`;
      errors.push(invalid(`${each.at}.windowsOptions.hostProcess`, own, text));
    }
    if (own ?? ofPod) count++;
  }
  if (count === 0) return errors;
  if (count !== contexts.length) {
    const text = "If pod contains any hostProcess containers then all containers must be HostProcess containers";
    errors.push(invalid(at, "", text));
  }
  if (spec.hostNetwork === true) return errors;
  const text = "hostNetwork must be true if pod contains any hostProcess containers";
  return [...errors, invalid(`${at}.hostNetwork`, false, text)];
}

function hostProcessIn(context: Written | undefined): boolean | undefined {
  return (context?.windowsOptions as { readonly hostProcess?: boolean } | undefined)?.hostProcess;
}

/** What is wrong with a pod that has users of its own, and the node's namespaces all the same. */
export function validateHostUsers(spec: Frozen<PodSpec>, at: string): FieldError[] {
  if ((spec as { readonly hostUsers?: boolean }).hostUsers !== false) return [];
  const text = "when `pod.Spec.HostUsers` is false";
  return [
    ...(spec.hostNetwork ? [forbidden(`${at}.hostNetwork`, text)] : []),
    ...(spec.hostPID ? [forbidden(`${at}.HostPID`, text)] : []),
    ...(spec.hostIPC ? [forbidden(`${at}.HostIPC`, text)] : []),
  ];
}

/** What is wrong with the system that a pod is for, or does not go with it. */
export function validateSystem(spec: Frozen<PodSpec>, at: string): FieldError[] {
  const { os } = spec;
  if (os === undefined) return [];
  if (!os.name) return [required(`${at}.os.name`, "cannot be empty")];
  if (!systems.includes(os.name)) return [notSupported(`${at}.os`, os.name, systems)];
  const contexts = [{ at: `${at}.securityContext`, context: spec.securityContext as Written }, ...contextsOf(spec, at)];
  if (os.name === "linux") {
    return contexts
      .filter(({ context }) => context?.windowsOptions !== undefined)
      .map((each) => forbidden(`${each.at}.windowsOptions`, notOnLinux));
  }
  const fields = spec as unknown as Written;
  return [
    ...podFields.filter((field) => isThere(fields[field])).map((field) => forbidden(`${at}.${field}`, notOnWindows)),
    ...contexts.flatMap(({ at: here, context }, index) =>
      (index === 0 ? podContextFields : containerContextFields)
        .filter((field) => isThere(context?.[field]))
        .map((field) => forbidden(`${here}.${field}`, notOnWindows)),
    ),
  ];
}

/** The node's namespaces are not had when they are refused by name. */
function isThere(value: unknown): boolean {
  return value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0);
}
