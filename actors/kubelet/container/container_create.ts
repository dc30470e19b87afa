import type { Step } from "../../../runtime/mod.ts";
import { getControllerOf } from "../../api/owner_references.ts";
import { unitsOf } from "../../api/quantity.ts";
import type { ContainerConfig, CriAnswer, CriFailure } from "../../cri/messages.ts";
import { failed, type Result } from "../../kit/result.ts";
import { callCri, callForContainer } from "../calls.ts";
import type { KubeletData } from "../data.ts";
import { containerDevices } from "../devices/claims.ts";
import { podLog } from "../pod/pod_events.ts";
import type { Subject } from "../pod/pod_record.ts";
import type { ContainerEvent } from "./container_chart.ts";
import { type ConfigRefusal, containerConfig } from "./container_config.ts";
import type { VolumePaths } from "./container_mounts.ts";
import { adoptRun, countRun } from "./container_run.ts";
import { readSources } from "./environment_sources.ts";

const noPaths: VolumePaths = new Map();

/** What becomes of the making of a container. */
export interface Creation {
  readonly step: Step;
  readonly fire: (event: ContainerEvent, step: Step) => void;
}

/** Works out how a container is to be, and has the runtime make it in its pod's sandbox. */
export function createContainer(data: KubeletData, subject: Subject, { step, fire }: Creation) {
  const { pod, container } = subject;
  const { sandbox } = pod;
  if (!sandbox) return fire("createFailed", step);
  const { epoch, attempt } = container;
  const isLeft = () => container.epoch !== epoch;
  // Stopped while it was read what its environment is: there is nothing to undo.
  const leave = (later: Step) => (container.phase === "cancelling" ? fire("createFailed", later) : undefined);
  // What runs without the API does not wait for it.
  const whenKnown = pod.mirror
    ? (then: (now: Step) => void) => then(step)
    : (then: (now: Step) => void) => data.services.whenKnown(step, then);
  whenKnown((known) => {
    if (isLeft()) return leave(known);
    readSources(data, { pod, spec: container.spec }, known, (sources, later) => {
      if (isLeft()) return leave(later);
      const { hostIps, allocatable, capacity } = data;
      const { apiServiceIp } = data.input;
      const context = {
        pod: pod.pod,
        sandbox,
        attempt,
        hostIps,
        apiServiceIp,
        allocatable,
        // A Job that never ends holds up who waits for it as an init container does.
        isAwaited: container.role === "init" || getControllerOf(pod.pod)?.kind === "Job",
        links: data.services.variables(pod.pod),
        imageUid: container.imageUid,
        volumePaths: pod.volumes?.paths ?? noPaths,
        volumeGroups: pod.volumes?.groups ?? [],
        memoryBytes: unitsOf(capacity.memory),
      };
      const devices = containerDevices(data.devices, container.spec, pod.pod);
      const config: Result<ContainerConfig, ConfigRefusal> =
        sources.ok && devices.ok
          ? containerConfig(container.spec, { ...context, sources: sources.value, devices: devices.value })
          : failed({ reason: "CreateContainerConfigError", message: sources.ok ? textOf(devices) : sources.failure });
      const refuse = (reason: string, message: string, now: Step) => {
        container.waiting = { reason, message };
        podLog(data, pod, now, container).failed(`Error: ${message}`);
        fire("createFailed", now);
      };
      container.actual = container.spec.resources;
      if (!config.ok) return refuse(config.failure.reason, config.failure.message, later);
      make(data, subject, { step: later, fire, config: config.value, sandbox: sandbox.sandbox, refuse });
    });
  });
}

function textOf(result: Result<unknown, string>): string {
  return result.ok ? "" : result.failure;
}

interface Making extends Creation {
  readonly config: ContainerConfig;
  readonly sandbox: string;
  readonly refuse: (reason: string, message: string, step: Step) => void;
}

function make(data: KubeletData, subject: Subject, { step, fire, config, sandbox, refuse }: Making): void {
  const { pod, container } = subject;
  const then = (answer: CriAnswer<"CreateContainer">, later: Step) => {
    if (!answer.ok)
      return takeUpNamesake(data, subject, { step: later, config, sandbox, failure: answer.failure, refuse });
    countRun(container, container.attempt);
    // Of the runs that are over the runtime keeps one.
    const { previousId } = container;
    if (previousId !== undefined) callCri(data, later, { op: "RemoveContainer", container: previousId }, () => {});
    adoptRun(data, subject, answer.value.container);
    podLog(data, pod, later, container).created();
    fire("created", later);
  };
  callForContainer(data, container, { step, request: { op: "CreateContainer", sandbox, container: config }, then });
}

interface Refused extends Pick<Making, "step" | "config" | "sandbox" | "refuse"> {
  readonly failure: CriFailure;
}

/** An earlier life of this kubelet may have had made what was refused now, and has its name: the next is made under another. */
function takeUpNamesake(
  data: KubeletData,
  subject: Subject,
  { step, config, sandbox, failure, refuse }: Refused,
): void {
  const { container } = subject;
  const then = (answer: CriAnswer<"ListContainers">, later: Step) => {
    const all = answer.ok ? answer.value.containers : [];
    const namesake = all.find(
      ({ name, attempt, ...each }) =>
        each.sandbox === sandbox &&
        name === config.name &&
        attempt === config.attempt &&
        each.container !== container.id,
    );
    if (namesake) {
      countRun(container, namesake.attempt);
      adoptRun(data, subject, namesake);
    }
    const isConfig = failure.code === "INVALID_ARGUMENT";
    refuse(isConfig ? "CreateContainerConfigError" : "CreateContainerError", failure.message, later);
  };
  callForContainer(data, container, { step, request: { op: "ListContainers" }, then });
}
