import { rmSync } from "node:fs";
import { join } from "node:path";
import { ok, type Result } from "../../kit/result.ts";
import { noContainer } from "../cri_answers.ts";
import type { ContainerConfig, ContainerStatus, CriFailure, SandboxStatus } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { CriClient } from "./cri_client.ts";
import type { Given } from "./cri_schema.ts";
import { type Ownership, ownedBy } from "./given_config.ts";
import { containerStatus } from "./given_status.ts";
import type { LogFile } from "./log_file.ts";
import type { PodFiles } from "./pod_files.ts";

/** A sandbox of a node. */
export interface HeldSandbox {
  status: SandboxStatus;
  readonly config: Given<"PodSandboxConfig">;
}

/** A container of a node. */
export interface HeldContainer {
  status: ContainerStatus;
  readonly config: ContainerConfig;
  readonly log: LogFile;
  readonly files: PodFiles;
  isFollowed: boolean;
}

/** The pods that a runtime has for a computer, as far as the computer knows. */
export interface HeldPods {
  readonly sandboxes: Map<string, HeldSandbox>;
  readonly containers: Map<string, HeldContainer>;
  /** The host's uptime at a time of the wall clock. */
  uptimeOf(wallMs: number): number;
  logFolderOf(status: SandboxStatus): string;
  /** Where the files of a pod are that a kubelet gives it. */
  podFolderOf(status: SandboxStatus): string;
  statusOf(container: string, sandbox: string): Promise<Result<ContainerStatus, CriFailure>>;
  /**
   * Takes over what the runtime says of a container; one that has exited left its last word. That it has is told, unless
   * whoever asked learns of it otherwise.
   */
  refresh(held: HeldContainer, isTold?: boolean): Promise<Result<ContainerStatus, CriFailure>>;
  /** Asks who has exited by itself. */
  look(): Promise<void>;
  /** Does so from now on, as long as anything runs. */
  lookOn(): void;
  /** Tells of what is written, from now on, as long as somebody wants it. */
  followOn(held: HeldContainer): void;
  forgetContainer(container: string): void;
  forgetSandbox(sandbox: string): void;
  close(): void;
}

/** What they are had from. */
export interface HeldPodsOptions {
  readonly client: CriClient;
  readonly owner: Ownership;
  /** Where it puts what its pods need of this machine. */
  readonly folder: string;
}

/** How often the runtime is asked who has exited: what it has no way to tell by itself in all its versions. */
const lookMs = 250;
/** How often a log is looked at that somebody follows. */
const followMs = 100;
/** Each so many looks, logs are read that nobody reads, so that none grows without end. */
const looksPerReading = 40;
const exitedState = 2;

/** No pods yet. */
export function heldPods(node: RuntimeNode, { client, owner, folder }: HeldPodsOptions): HeldPods {
  const sandboxes = new Map<string, HeldSandbox>();
  const containers = new Map<string, HeldContainer>();
  let isLooking = false;
  let looks = 0;
  let isOpen = true;

  function follow(held: HeldContainer): void {
    const hasGrown = held.log.catchUp();
    if (hasGrown && held.isFollowed) node.push({ type: "log.written", container: held.status.container });
  }

  async function tendLogs(): Promise<void> {
    for (const held of [...containers.values()]) {
      if (held.status.state !== "CONTAINER_RUNNING") continue;
      follow(held);
      if (held.log.rotate()) await client.call("ReopenContainerLog", { container_id: held.status.container });
    }
  }

  const pods: HeldPods = {
    sandboxes,
    containers,
    uptimeOf: (wallMs) => node.nowMs() - (node.host.wallMs() - wallMs),
    logFolderOf: ({ pod: { namespace, name, uid } }) => join(folder, "logs", `${namespace}_${name}_${uid}`),
    podFolderOf: ({ pod }) => join(folder, "pods", pod.uid),
    async statusOf(id, sandbox) {
      const answer = await client.call("ContainerStatus", { container_id: id });
      if (!answer.ok) return answer;
      const { status } = answer.value;
      return status ? ok(containerStatus(status, { sandbox, uptimeOf: pods.uptimeOf })) : noContainer(id);
    },
    async refresh(held, isTold = true) {
      const { container, sandbox } = held.status;
      const found = await pods.statusOf(container, sandbox);
      if (!found.ok || held.status.state === "CONTAINER_EXITED") return found.ok ? ok(held.status) : found;
      const message = found.value.state === "CONTAINER_EXITED" ? held.files.lastWord() : undefined;
      held.status = message === undefined ? found.value : { ...found.value, message };
      if (held.status.state !== "CONTAINER_EXITED") return ok(held.status);
      follow(held);
      if (isOpen && isTold) node.push({ type: "cri.exited", container: held.status });
      return ok(held.status);
    },
    async look() {
      const answer = await client.call("ListContainers", { filter: { label_selector: ownedBy(owner) } });
      if (!answer.ok) return;
      const live = new Set(answer.value.containers.flatMap(({ id, state }) => (state === exitedState ? [] : [id])));
      for (const held of [...containers.values()]) {
        if (held.status.state === "CONTAINER_RUNNING" && !live.has(held.status.container)) await pods.refresh(held);
      }
      if (looks++ % looksPerReading === 0) await tendLogs();
    },
    lookOn() {
      if (isLooking || !isOpen) return;
      isLooking = true;
      node.later(lookMs, () => {
        void pods.look().finally(() => {
          isLooking = false;
          if ([...containers.values()].some(({ status }) => status.state === "CONTAINER_RUNNING")) pods.lookOn();
        });
      });
    },
    followOn(held) {
      if (!isOpen || !held.isFollowed || containers.get(held.status.container) !== held) return;
      follow(held);
      if (held.status.state !== "CONTAINER_EXITED") node.later(followMs, () => pods.followOn(held));
    },
    forgetContainer(id) {
      const held = containers.get(id);
      held?.log.remove();
      held?.files.remove();
      containers.delete(id);
    },
    forgetSandbox(id) {
      const held = sandboxes.get(id);
      if (!held) return;
      sandboxes.delete(id);
      rmSync(pods.logFolderOf(held.status), { recursive: true, force: true });
      rmSync(pods.podFolderOf(held.status), { recursive: true, force: true });
    },
    close() {
      isOpen = false;
    },
  };
  return pods;
}
