import { present } from "../../kit/present.ts";
import { ok } from "../../kit/result.ts";
import type { ImageSource, PulledImage, PullWanted } from "../container_image.ts";
import { permissionsRefusal } from "../container_permissions.ts";
import { usageMeter } from "../container_usage.ts";
import { failedCall, noContainer, noPart, nothing } from "../cri_answers.ts";
import { imageNameOf } from "../image_name.ts";
import { type ContainerConfig, type CriBackend, type ImageFound, type ImageListed, ipsOf } from "../messages.ts";
import {
  type Container,
  freeAddresses,
  freeUsers,
  type NodeImage,
  type RuntimeNode,
  type Sandbox,
  takeAddresses,
} from "../runtime_node.ts";
import type { PodSandboxConfig } from "../sandbox_config.ts";
import { absentProfile } from "./absent_profile.ts";
import { beginRunning, createContainer, killContainer, stopContainer } from "./container_life.ts";
import { mountRefusal } from "./mounted.ts";

/** As whom the runtime names itself. */
const version = { runtimeName: "containerd", runtimeVersion: "2.1.4" };

/** As runc says that a container's own process cannot become what it is to be. */
const startFailed =
  "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init";

/** The calls of a node's runtime; of its sources of images the first that speaks for an image decides. */
export function runtimeCalls(node: RuntimeNode, sources: readonly ImageSource[]): CriBackend {
  const meter = usageMeter(node);

  function pull(wanted: PullWanted, done: (pulled: PulledImage) => void, from = 0) {
    const source = sources[from];
    if (!source)
      return done({ ok: false, code: "NOT_FOUND", message: `no source of images has "${wanted.image}"`, pullMs: 0 });
    source.pull(wanted, (pulled) => (pulled ? done(pulled) : pull(wanted, done, from + 1)));
  }

  return {
    Version: (_request, done) => done(ok(version)),
    ListPodSandbox: (_request, done) =>
      done(ok({ sandboxes: Array.from(node.sandboxes.values(), ({ status }) => status) })),
    ListContainers(_request, done) {
      meter.sample();
      done(ok({ containers: Array.from(node.containers.values(), ({ status }) => status) }));
    },
    ListContainerStats: (_request, done) => done(ok({ stats: meter.stats() })),
    UpdateRuntimeConfig({ podCidr }, done) {
      if (podCidr !== node.podCidr) {
        node.podCidr = podCidr;
        node.addresses = undefined;
      }
      done(nothing);
    },
    ImageStatus({ image }, done) {
      const found = node.images.get(imageNameOf(image).full);
      done(ok(found && found.thereAtMs <= node.nowMs() ? { image: imageOf(found) } : {}));
    },
    ListImages: (_request, done) => done(ok({ images: listImages(node) })),
    RemoveImage({ image: id }, done) {
      for (const [name, found] of node.images) if (idOf(found) === id) node.images.delete(name);
      done(nothing);
    },
    ImageFsInfo(_request, done) {
      const usedBytes = listImages(node).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      done(ok({ usedBytes }));
    },
    PullImage({ image, login }, done) {
      const { full } = imageNameOf(image);
      pull({ image, login }, (pulled) => {
        if (!pulled.ok) return later(pulled.pullMs, () => done(failedCall(pulled.code, pulled.message)));
        const before = node.images.get(full);
        // Another pull of the same image may be under way: both end when the first does.
        const found =
          before?.image.ref === pulled.image.ref
            ? before
            : { image: pulled.image, thereAtMs: node.nowMs() + pulled.pullMs };
        node.images.set(full, found);
        later(found.thereAtMs - node.nowMs(), () => done(ok(imageOf(found))));
      });
    },
    RunPodSandbox({ pod }, done) {
      for (const { status } of node.sandboxes.values()) {
        if (status.pod.uid !== pod.uid || status.pod.attempt !== pod.attempt) continue;
        const message = `failed to reserve sandbox name: it is reserved for "${status.sandbox}"`;
        return done(failedCall("ALREADY_EXISTS", message));
      }
      const ips = pod.hostNetwork ? [] : takeAddresses(node);
      if (ips === undefined) {
        const message = "failed to setup network for sandbox: no IP addresses available in range set";
        return done(failedCall("UNKNOWN", message));
      }
      const [ip = "", ...others] = ips;
      const additionalIps = others.length === 0 ? {} : { additionalIps: others };
      const status = { sandbox: node.newId(), pod, ready: true, ip, ...additionalIps, createdAtMs: node.nowMs() };
      const users = pod.hasOwnUsers ? { usersFrom: freeUsers(node) } : {};
      node.sandboxes.set(status.sandbox, { status, ...users, containers: new Map() });
      node.tell({ type: "sandbox.ready", pod, ips });
      done(ok({ sandbox: status }));
    },
    StopPodSandbox({ sandbox }, done) {
      const found = node.sandboxes.get(sandbox);
      if (found) stopSandbox(found);
      done(nothing);
    },
    RemovePodSandbox({ sandbox }, done) {
      const found = node.sandboxes.get(sandbox);
      if (found) {
        stopSandbox(found);
        for (const id of found.containers.keys()) node.containers.delete(id);
        node.sandboxes.delete(sandbox);
      }
      done(nothing);
    },
    CreateContainer({ sandbox, container: config }, done) {
      const place = node.sandboxes.get(sandbox);
      if (!place?.status.ready)
        return done(failedCall("NOT_FOUND", `failed to find sandbox id "${sandbox}": not found`));
      const taken = nameRefusal(node, place, config);
      if (taken !== undefined) return done(failedCall("UNKNOWN", taken));
      const found = node.images.get(imageNameOf(config.image).full);
      if (!found) return done(failedCall("NOT_FOUND", `failed to resolve image "${config.image}": not found`));
      const refusal = permissionsRefusal(node, place, config);
      if (refusal !== undefined) return done(failedCall("UNKNOWN", refusal));
      for (const mount of config.mounts ?? []) {
        const why = mountRefusal(node, mount);
        if (why !== undefined) return done(failedCall("UNKNOWN", why));
      }
      const absent = absentProfile(node, config);
      if (absent !== undefined) return done(failedCall("UNKNOWN", absent));
      for (const mount of config.mounts ?? []) {
        const problem = node.volumes.partProblem(mount, config.fsGroup);
        if (problem !== undefined) return done(noPart(problem, mount.volume ?? "", config.name));
      }
      if (config.pod) place.group = config.pod;
      done(ok({ container: createContainer(node, place, { config, found }).status }));
    },
    StartContainer({ container: id }, done) {
      const container = node.containers.get(id);
      if (container?.status.state !== "CONTAINER_CREATED") return done(noContainer(id));
      later(container.image.startMs(container.config), () => {
        if (node.containers.get(id)?.status.state !== "CONTAINER_CREATED") return done(noContainer(id));
        const why = container.image.startProblem?.(container.config);
        if (why !== undefined) return done(failedCall("UNKNOWN", `${startFailed}: ${why}`));
        beginRunning(node, container);
        done(ok({ container: container.status }));
      });
    },
    StopContainer({ container: id, timeoutMs }, done) {
      const container = node.containers.get(id);
      if (!container) return done(ok({}));
      stopContainer(node, container, { timeoutMs, done: () => done(ok({ container: container.status })) });
    },
    UpdateContainerResources({ container: id, memoryLimitBytes, cpuLimitMillis, cpuRequestMillis, pod }, done) {
      const container = node.containers.get(id);
      if (container?.status.state !== "CONTAINER_RUNNING") return done(noContainer(id));
      const refusal = limitRefusal(container, memoryLimitBytes);
      if (refusal !== undefined) return done(failedCall("UNKNOWN", refusal));
      const { memoryLimitBytes: _memory, cpuLimitMillis: _cpu, cpuRequestMillis: _request, ...rest } = container.config;
      container.config = { ...rest, ...present({ memoryLimitBytes, cpuLimitMillis, cpuRequestMillis }) };
      if (pod) container.sandbox.group = pod;
      done(nothing);
    },
    RemoveContainer({ container: id }, done) {
      const container = node.containers.get(id);
      if (container) {
        // Of what never ran there is no end to tell.
        if (container.status.state !== "CONTAINER_CREATED") killContainer(node, container);
        container.sandbox.containers.delete(id);
        node.containers.delete(id);
      }
      done(nothing);
    },
    ExecSync({ container: id, command, timeoutMs, probe }, done) {
      const container = node.containers.get(id);
      if (container?.status.state !== "CONTAINER_RUNNING") return done(noContainer(id));
      container.image.exec(container, { command, timeoutMs, probe }, done);
    },
  };

  function later(delayMs: number, body: () => void): void {
    if (delayMs <= 0) body();
    else node.later(delayMs, body);
  }

  function stopSandbox(sandbox: Sandbox): void {
    for (const container of sandbox.containers.values()) killContainer(node, container);
    if (!sandbox.status.ready) return;
    sandbox.status = { ...sandbox.status, ready: false };
    const { pod } = sandbox.status;
    freeAddresses(node, ipsOf(sandbox.status));
    node.tell({ type: "sandbox.stopped", pod, ips: ipsOf(sandbox.status) });
  }
}

/** Why a container cannot be made under its name: one of the node has it, be it in an earlier sandbox of its pod. */
function nameRefusal({ containers }: RuntimeNode, { status }: Sandbox, { name, attempt }: ContainerConfig) {
  const { pod } = status;
  const nameOf = (place: PodSandboxConfig, container: Pick<ContainerConfig, "name" | "attempt">) =>
    [container.name, place.name, place.namespace, place.uid, container.attempt].join("_");
  const wanted = nameOf(pod, { name, attempt });
  for (const { sandbox, status: other } of containers.values()) {
    if (other.name !== name || nameOf(sandbox.status.pod, other) !== wanted) continue;
    return `failed to reserve container name "${wanted}": name "${wanted}" is reserved for "${other.container}"`;
  }
  return undefined;
}

/** Why a container's memory cannot be limited to so much now. */
function limitRefusal(container: Container, memoryLimitBytes: number | undefined): string | undefined {
  if (memoryLimitBytes === container.config.memoryLimitBytes) return undefined;
  const { memoryBytes = 0 } = container.image.usage?.(container) ?? {};
  if (memoryLimitBytes !== undefined && memoryLimitBytes < memoryBytes) {
    return `attempting to set memory limit (${memoryLimitBytes}) below current usage (${memoryBytes})`;
  }
  return container.image.hasFixedMemory
    ? `the memory of a module is limited when it starts: give its container the resizePolicy RestartContainer for memory`
    : undefined;
}

/** The images that are there by now; those that are one by their digest are listed as one. */
function listImages(node: RuntimeNode): readonly ImageListed[] {
  const byRef = new Map<string, { readonly sizeBytes: number; readonly repoTags: string[] }>();
  for (const [name, { image, thereAtMs }] of node.images) {
    if (thereAtMs > node.nowMs()) continue;
    const listed = byRef.get(image.ref) ?? { sizeBytes: image.sizeBytes, repoTags: [] };
    if (!name.includes("@")) listed.repoTags.push(name);
    byRef.set(image.ref, listed);
  }
  return Array.from(byRef, ([ref, { sizeBytes, repoTags }]) => ({
    ...{ id: digestOf(ref), repoTags, repoDigests: [ref], sizeBytes },
  }));
}

function idOf({ image }: NodeImage): string {
  return digestOf(image.ref);
}

function digestOf(ref: string): string {
  return ref.slice(ref.indexOf("@") + 1);
}

function imageOf({ image: { ref, sizeBytes, uid } }: NodeImage): ImageFound {
  return { imageRef: ref, sizeBytes, ...present({ uid }) };
}
