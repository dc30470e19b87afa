import type { Step } from "../../../runtime/mod.ts";
import type { KubeletData } from "../data.ts";
import type { ContainerRecord, ContainerRole, PodRecord } from "./pod_record.ts";

/** What a kubelet tells people about a pod, in Kubernetes' words. */
export interface PodLog {
  pulling(image: string): void;
  present(image: string): void;
  pulled(image: string, pull: { readonly tookMs: number; readonly sizeBytes: number }): void;
  /** Secrets that were to be shown to registries are not there. */
  pullSecretsMissing(names: readonly string[]): void;
  /** What happened in trying to get the image, under `reason`, and the error that it is. */
  imageFailed(reason: string, message: string, error: string): void;
  created(): void;
  started(): void;
  failed(message: string): void;
  backOff(): void;
  imageBackOff(image: string): void;
  killing(message: string): void;
  unhealthy(message: string): void;
  probeWarning(message: string): void;
  hookFailed(hook: "PostStart" | "PreStop"): void;
  rejected(reason: string, message: string): void;
  sandboxFailed(message: string): void;
  devicesFailed(message: string): void;
  mountFailed(message: string): void;
  evicted(message: string): void;
  preempted(message: string): void;
  deadlineExceeded(message: string): void;
}

const lists: Readonly<Record<ContainerRole, string>> = {
  ...{ init: "initContainers", sidecar: "initContainers", main: "containers", ephemeral: "ephemeralContainers" },
};

/** The log of a pod, or of one of its containers, for the length of a step. */
export function podLog(data: KubeletData, pod: PodRecord, step: Step, container?: ContainerRecord): PodLog {
  const { metadata } = pod.pod;
  const about = { apiVersion: "v1", kind: "Pod", metadata };
  const name = container?.name ?? "";
  const list = lists[container?.role ?? "main"];
  const field = container ? { fieldPath: `spec.${list}{${name}}` } : {};
  const tell = (type: "Normal" | "Warning", reason: string, message: string) =>
    data.events.report(step, { about, type, reason, message, ...field });
  return {
    pulling: (image) => tell("Normal", "Pulling", `Pulling image "${image}"`),
    present: (image) => tell("Normal", "Pulled", `Container image "${image}" already present on machine`),
    pulled(image, { tookMs, sizeBytes }) {
      const took = durationText(tookMs);
      const size = `Image size: ${sizeBytes} bytes.`;
      tell("Normal", "Pulled", `Successfully pulled image "${image}" in ${took} (${took} including waiting). ${size}`);
    },
    pullSecretsMissing(names) {
      const message = `Unable to retrieve some image pull secrets (${names.join(", ")}); attempting to pull the image may not succeed.`;
      tell("Warning", "FailedToRetrieveImagePullSecret", message);
    },
    imageFailed(reason, message, error) {
      tell("Warning", reason, message);
      tell("Warning", "Failed", `Error: ${error}`);
    },
    created: () => tell("Normal", "Created", `Created container: ${name}`),
    started: () => tell("Normal", "Started", `Started container ${name}`),
    failed: (message) => tell("Warning", "Failed", message),
    backOff() {
      const where = `${metadata.name}_${metadata.namespace}(${pod.uid})`;
      tell("Warning", "BackOff", `Back-off restarting failed container ${name} in pod ${where}`);
    },
    imageBackOff(image) {
      tell("Normal", "BackOff", `Back-off pulling image "${image}"`);
      tell("Warning", "Failed", "Error: ImagePullBackOff");
    },
    killing: (message) => tell("Normal", "Killing", message),
    unhealthy: (message) => tell("Warning", "Unhealthy", message),
    probeWarning: (message) => tell("Warning", "ProbeWarning", message),
    hookFailed: (hook) => tell("Warning", `Failed${hook}Hook`, `${hook}Hook failed`),
    rejected: (reason, message) => tell("Warning", reason, message),
    sandboxFailed: (message) =>
      tell(
        "Warning",
        "FailedCreatePodSandBox",
        `Failed to create pod sandbox: rpc error: code = Unknown desc = ${message}`,
      ),
    devicesFailed: (message) =>
      tell(
        "Warning",
        "FailedPrepareDynamicResources",
        `Failed to prepare dynamic resources: prepare dynamic resources: ${message}`,
      ),
    mountFailed: (message) => tell("Warning", "FailedMount", message),
    evicted: (message) => tell("Warning", "Evicted", message),
    preempted: (message) => tell("Warning", "Preempting", message),
    deadlineExceeded: (message) => tell("Normal", "DeadlineExceeded", message),
  };
}

/** A duration as Go writes it when it has been truncated to milliseconds: `1.5s`, `250ms`, `1m2.5s`. */
export function durationText(ms: number): string {
  const whole = Math.round(ms);
  if (whole < 1000) return whole === 0 ? "0s" : `${whole}ms`;
  const minutes = Math.floor(whole / 60_000);
  const seconds = `${(whole % 60_000) / 1000}s`;
  const hours = Math.floor(minutes / 60);
  if (hours > 0) return `${hours}h${minutes % 60}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
