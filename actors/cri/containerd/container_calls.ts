import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "../../kit/result.ts";
import { failedCall, noContainer, noPart, nothing } from "../cri_answers.ts";
import type { ContainerConfig, CriFailure } from "../messages.ts";
import type { CallPlace, Carried } from "./call_place.ts";
import type { Given } from "./cri_schema.ts";
import { containerConfig, ownedBy, resourcesOf } from "./given_config.ts";
import { wallMsOf } from "./given_status.ts";
import type { HeldPods } from "./held_pods.ts";
import { logFile } from "./log_file.ts";
import { podFiles } from "./pod_files.ts";
import type { RealVolumes } from "./real_volumes.ts";
import { statsMeter } from "./stats_meter.ts";

/** The calls about containers. */
type ContainerCalls = Carried<
  | "CreateContainer"
  | "StartContainer"
  | "StopContainer"
  | "UpdateContainerResources"
  | "RemoveContainer"
  | "ListContainers"
  | "ListContainerStats"
  | "ExecSync"
>;

/** What a runtime may take beside the time that a call is given. */
const answerMsMax = 120_000;
const nanosPerMilli = 1e6;

/** Carries out the calls about containers. */
export function containerCalls({ node, client, owner, pods, volumes, gate }: CallPlace): ContainerCalls {
  const { sandboxes, containers } = pods;
  const meter = statsMeter();

  return {
    async CreateContainer({ sandbox, container: config }) {
      const held = sandboxes.get(sandbox);
      if (!held?.status.ready) return failedCall("NOT_FOUND", `failed to find sandbox id "${sandbox}": not found`);
      const { pod } = held.status;
      const files = podFiles(join(pods.podFolderOf(held.status), `${config.name}-${config.attempt}`), held.status, {
        ...config,
        reachesCluster: gate !== undefined,
      });
      const mounted = mountsOf(config, volumes);
      if (!mounted.ok) return mounted;
      const logPath = `${config.name}/${config.attempt}.log`;
      const logFolder = pods.logFolderOf(held.status);
      mkdirSync(join(logFolder, config.name), { recursive: true });
      const target = targetOf(pods, sandbox, config);
      const mounts = [...files.mounts, ...mounted.value];
      const answer = await client.call("CreateContainer", {
        pod_sandbox_id: sandbox,
        config: containerConfig(config, { owner, pod, mounts, logPath, target }),
        sandbox_config: held.config,
      });
      if (!answer.ok) return answer;
      const { container_id: id } = answer.value;
      const status = await pods.statusOf(id, sandbox);
      if (!status.ok) return status;
      const log = logFile(join(logFolder, logPath), pods.uptimeOf);
      containers.set(id, { status: status.value, config, log, files, isFollowed: false });
      return ok({ container: status.value });
    },
    async StartContainer({ container: id }) {
      const held = containers.get(id);
      if (held?.status.state !== "CONTAINER_CREATED") return noContainer(id);
      const answer = await client.call("StartContainer", { container_id: id });
      // A start that failed leaves a container that has exited: the answer says so.
      const status = await pods.refresh(held, answer.ok);
      if (!answer.ok) return answer;
      pods.lookOn();
      return status.ok ? ok({ container: status.value }) : status;
    },
    async StopContainer({ container: id, timeoutMs }) {
      const held = containers.get(id);
      if (!held) return ok({});
      const timeout = Math.ceil(timeoutMs / 1_000);
      const answer = await client.call("StopContainer", { container_id: id, timeout }, timeoutMs + answerMsMax);
      if (!answer.ok && answer.failure.code !== "NOT_FOUND") return answer;
      const status = await pods.refresh(held);
      if (!status.ok) return status.failure.code === "NOT_FOUND" ? ok({}) : status;
      if (status.value.state === "CONTAINER_CREATED") {
        // It never ran: a runtime leaves such a one as it is, and nobody starts it any more.
        const finishedAtMs = node.nowMs();
        held.status = { ...held.status, state: "CONTAINER_EXITED", exitCode: 0, reason: "Completed", finishedAtMs };
      }
      return ok({ container: held.status });
    },
    async UpdateContainerResources({ container: id, ...limits }) {
      const answer = await client.call("UpdateContainerResources", { container_id: id, linux: resourcesOf(limits) });
      return answer.ok ? nothing : answer;
    },
    async RemoveContainer({ container: id }) {
      const answer = await client.call("RemoveContainer", { container_id: id });
      if (!answer.ok) return answer;
      pods.forgetContainer(id);
      meter.forget(id);
      return nothing;
    },
    async ListContainers() {
      await pods.look();
      return ok({ containers: [...containers.values()].map(({ status }) => status) });
    },
    async ListContainerStats() {
      const answer = await client.call("ListContainerStats", { filter: { label_selector: ownedBy(owner) } });
      if (!answer.ok) return answer;
      const stats = answer.value.stats.flatMap(({ attributes, cpu, memory, writable_layer: written }) => {
        const held = containers.get(attributes?.id ?? "");
        if (held?.status.state !== "CONTAINER_RUNNING") return [];
        const atMs = pods.uptimeOf(wallMsOf(cpu?.timestamp ?? "0") ?? node.host.wallMs());
        const cpuMs = (cpu?.usage_core_nano_seconds?.value ?? 0) / nanosPerMilli;
        const memoryBytes = memory?.working_set_bytes?.value ?? 0;
        const loggedBytes = held.log.bytes();
        const writtenBytes = (written?.used_bytes?.value ?? 0) + loggedBytes;
        const writtenNodes = written?.inodes_used?.value ?? 0;
        return [meter.measured(held.status, { atMs, cpuMs, memoryBytes, writtenBytes, loggedBytes, writtenNodes })];
      });
      return ok({ stats });
    },
    async ExecSync({ container: id, command, timeoutMs }) {
      if (containers.get(id)?.status.state !== "CONTAINER_RUNNING") return noContainer(id);
      const timeout = Math.max(1, Math.ceil(timeoutMs / 1_000));
      const question = { container_id: id, cmd: command, timeout };
      const answer = await client.call("ExecSync", question, timeoutMs + answerMsMax);
      if (!answer.ok) return answer;
      const { stdout, stderr, exit_code: exitCode } = answer.value;
      return ok({ exitCode, stdout: textOf(stdout), stderr: textOf(stderr) });
    },
  };
}

/** What a container finds of its pod's volumes. */
/** As the CRI numbers them. */
const propagations = { None: 0, HostToContainer: 1, Bidirectional: 2 } as const;

function mountsOf(
  { name, mounts = [], fsGroup }: ContainerConfig,
  volumes: RealVolumes,
): Result<Given<"Mount">[], CriFailure> {
  const made: Given<"Mount">[] = [];
  for (const mount of mounts) {
    if (mount.image !== undefined) {
      const { containerPath, image, subPath = "" } = mount;
      made.push({ container_path: containerPath, readonly: true, image: { image }, image_sub_path: subPath });
      continue;
    }
    const path = volumes.find(mount, fsGroup);
    if (!path.ok && mount.volume !== undefined) return noPart("prepare", mount.volume, name);
    if (!path.ok) {
      const where = `failed to stat "${mount.hostPath}": ${path.failure}`;
      return failedCall("UNKNOWN", `failed to generate container spec: failed to generate spec: ${where}`);
    }
    const { containerPath, isReadOnly, isAllReadOnly = false, propagation = "None" } = mount;
    const how = { readonly: isReadOnly, recursive_read_only: isAllReadOnly, propagation: propagations[propagation] };
    made.push({ container_path: containerPath, host_path: path.value, ...how });
  }
  return ok(made);
}

/** The container whose processes it is to see. */
function targetOf({ containers }: HeldPods, sandbox: string, { processes }: ContainerConfig): string | undefined {
  if (typeof processes !== "object") return undefined;
  const all = [...containers.values()].map(({ status }) => status);
  return all.findLast((each) => each.sandbox === sandbox && each.name === processes.of)?.container;
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("utf8");
}
