import { hash32 } from "../../runtime/mod.ts";
import { commandBehaviour } from "./command_behaviour.ts";
import { containerBehaviour, imageBehaviour } from "./image_behaviour.ts";
import { imageNameOf } from "./image_name.ts";
import type { CriAnswer, CriRequest, ImageCatalogue } from "./messages.ts";
import {
  beginRunning,
  type Container,
  createdStatus,
  exit,
  type Sandbox,
  type SimulatedNode,
  stop,
  takeAddress,
} from "./simulated_node.ts";

type Done = (answer: CriAnswer) => void;
type Call<Op extends CriRequest["op"]> = (
  node: SimulatedNode,
  request: Extract<CriRequest, { op: Op }>,
  done: Done,
) => void;

/** What the simulated runtime answers to each call of the CRI. */
export type SimulatedCalls = { readonly [Op in CriRequest["op"]]: Call<Op> };

const version = "containerd://2.1.4";
const ok: CriAnswer = { ok: true };

/** The calls of a runtime whose images behave as a catalogue says. */
export function simulatedCalls(catalogue: ImageCatalogue): SimulatedCalls {
  return {
    Status: (_node, _request, done) => done({ ok: true, runtime: version }),
    ListContainers: (node, _request, done) =>
      done({
        ok: true,
        sandboxes: Array.from(node.sandboxes.values(), ({ status }) => status),
        containers: Array.from(node.containers.values(), ({ status }) => status),
      }),
    UpdateRuntimeConfig(node, { podCidr }, done) {
      if (podCidr !== node.podCidr) {
        node.podCidr = podCidr;
        node.addresses = undefined;
      }
      done(ok);
    },
    ImageStatus(node, { image }, done) {
      const { full, ref } = imageNameOf(image);
      const there = (node.images.get(full) ?? Number.POSITIVE_INFINITY) <= node.nowMs();
      done(there ? { ok: true, imageRef: ref, imageSizeBytes: sizeBytes(image) } : ok);
    },
    PullImage(node, { image }, done) {
      const { full, ref } = imageNameOf(image);
      const { missing, pullMs = 0 } = imageBehaviour(catalogue, image);
      if (missing) return later(node, pullMs, () => done(notThere(full)));
      const thereAtMs = node.images.get(full) ?? node.nowMs() + pullMs;
      node.images.set(full, thereAtMs);
      later(node, thereAtMs - node.nowMs(), () => done({ ok: true, imageRef: ref, imageSizeBytes: sizeBytes(image) }));
    },
    RunPodSandbox(node, { pod }, done) {
      for (const { status } of node.sandboxes.values()) {
        if (status.pod.uid !== pod.uid || status.pod.attempt !== pod.attempt) continue;
        return done(failed("ALREADY_EXISTS", `failed to reserve sandbox name: it is reserved for "${status.sandbox}"`));
      }
      const ip = pod.hostNetwork ? "" : takeAddress(node);
      if (ip === undefined) {
        return done(failed("UNKNOWN", "failed to setup network for sandbox: no IP addresses available in range set"));
      }
      const status = { sandbox: node.newId(), pod, ready: true, ip, createdAtMs: node.nowMs() };
      node.sandboxes.set(status.sandbox, { status, containers: new Map() });
      done({ ok: true, sandbox: status });
    },
    StopPodSandbox(node, { sandbox }, done) {
      const found = node.sandboxes.get(sandbox);
      if (found) stopSandbox(node, found);
      done(ok);
    },
    RemovePodSandbox(node, { sandbox }, done) {
      const found = node.sandboxes.get(sandbox);
      if (found) {
        stopSandbox(node, found);
        for (const id of found.containers.keys()) node.containers.delete(id);
        node.sandboxes.delete(sandbox);
      }
      done(ok);
    },
    CreateContainer(node, { sandbox, container: config }, done) {
      const found = node.sandboxes.get(sandbox);
      if (!found?.status.ready) return done(failed("NOT_FOUND", `failed to find sandbox id "${sandbox}": not found`));
      if (!node.images.has(imageNameOf(config.image).full)) {
        return done(failed("NOT_FOUND", `failed to resolve image "${config.image}": not found`));
      }
      const status = createdStatus(node, found, config);
      const behaviour = containerBehaviour(catalogue, config);
      const container: Container = { config, behaviour, sandbox: found, status, waiting: [] };
      found.containers.set(status.container, container);
      node.containers.set(status.container, container);
      done({ ok: true, container: status });
    },
    StartContainer(node, { container: id }, done) {
      const container = node.containers.get(id);
      if (container?.status.state !== "CONTAINER_CREATED") return done(noContainer(id));
      later(node, container.behaviour.startMs ?? 0, () => {
        if (node.containers.get(id)?.status.state !== "CONTAINER_CREATED") return done(noContainer(id));
        beginRunning(node, container);
        done({ ok: true, container: container.status });
      });
    },
    StopContainer(node, { container: id, timeoutMs }, done) {
      const container = node.containers.get(id);
      if (!container) return done(ok);
      stop(node, container, { timeoutMs, done: () => done({ ok: true, container: container.status }) });
    },
    RemoveContainer(node, { container: id }, done) {
      const container = node.containers.get(id);
      if (container) {
        kill(node, container);
        container.sandbox.containers.delete(id);
        node.containers.delete(id);
      }
      done(ok);
    },
    // Simulated images write nothing.
    ReadLogs: (node, { container }, done) =>
      done(node.containers.has(container) ? { ok: true, lines: [] } : noContainer(container)),
    FollowLogs: (node, { container }, done) => done(node.containers.has(container) ? ok : noContainer(container)),
    ExecSync(node, { container: id, command, timeoutMs }, done) {
      const container = node.containers.get(id);
      if (container?.status.state !== "CONTAINER_RUNNING") return done(noContainer(id));
      const { exitAfterMs = 0, exitCode = 0 } = commandBehaviour(command) ?? {};
      if (exitAfterMs > timeoutMs) {
        return later(node, timeoutMs, () => done(failed("UNKNOWN", "command timed out: context deadline exceeded")));
      }
      later(node, exitAfterMs, () => done({ ok: true, exitCode }));
    },
  };

  /** What no catalogue says is drawn from the name: between 5 and 205 MB. */
  function sizeBytes(image: string): number {
    const { full } = imageNameOf(image);
    return imageBehaviour(catalogue, image).sizeBytes ?? 5_000_000 + (hash32(full) % 200_000_000);
  }
}

function later(node: SimulatedNode, delayMs: number, body: () => void): void {
  if (delayMs <= 0) body();
  else node.later(delayMs, body);
}

function stopSandbox(node: SimulatedNode, sandbox: Sandbox): void {
  for (const container of sandbox.containers.values()) kill(node, container);
  if (!sandbox.status.ready) return;
  sandbox.status = { ...sandbox.status, ready: false };
  if (sandbox.status.ip) node.addresses?.free(sandbox.status.ip);
}

function kill(node: SimulatedNode, container: Container): void {
  exit(node, container, { exitCode: 137, reason: "Error" });
}

function failed(code: "NOT_FOUND" | "UNKNOWN" | "ALREADY_EXISTS", message: string): CriAnswer {
  return { ok: false, code, message };
}

function notThere(full: string): CriAnswer {
  const message = `failed to pull and unpack image "${full}": failed to resolve reference "${full}": ${full}: not found`;
  return failed("NOT_FOUND", message);
}

function noContainer(id: string): CriAnswer {
  return failed("NOT_FOUND", `an error occurred when try to find container "${id}": not found`);
}
