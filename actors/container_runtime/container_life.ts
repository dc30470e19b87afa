import type { ProcessExit, ProcessWatcher } from "./container_process.ts";
import { logBook } from "./log_book.ts";
import type { ContainerConfig, ContainerStatus } from "./messages.ts";
import type { Container, NodeImage, RuntimeNode, Sandbox } from "./runtime_node.ts";

/** A new container; nothing runs in it yet. */
export function createContainer(
  node: RuntimeNode,
  sandbox: Sandbox,
  { config, found: { image } }: { readonly config: ContainerConfig; readonly found: NodeImage },
): Container {
  const status: ContainerStatus = {
    container: node.newId(),
    sandbox: sandbox.status.sandbox,
    name: config.name,
    image: image.full,
    imageRef: image.ref,
    attempt: config.attempt,
    state: "CONTAINER_CREATED",
    createdAtMs: node.nowMs(),
    ...(image.isProbed ? { isProbed: true } : {}),
  };
  const container: Container = {
    config,
    image,
    sandbox,
    log: logBook(),
    isFollowed: false,
    isLogTold: false,
    status,
    process: undefined,
    waiting: [],
  };
  sandbox.containers.set(status.container, container);
  node.containers.set(status.container, container);
  return container;
}

/** A container runs, and does by itself what its image does. */
export function beginRunning(node: RuntimeNode, container: Container): void {
  const { config, image, sandbox } = container;
  container.status = {
    ...container.status,
    state: "CONTAINER_RUNNING",
    startedAtMs: node.nowMs(),
    ...(image.isProbed ? {} : { ready: image.isReadyAtOnce(config) }),
  };
  node.tell({ type: "container.started", pod: sandbox.status.pod });
  container.process = image.start({
    config,
    pod: sandbox.status.pod,
    sandbox: sandbox.status.sandbox,
    watcher: watcherOf(node, container),
  });
}

/** Sends the stop signal, and the kill signal when `timeoutMs` is over; `done` is called when it has exited. */
export function stopContainer(
  node: RuntimeNode,
  container: Container,
  { timeoutMs, done }: { readonly timeoutMs: number; readonly done: () => void },
): void {
  if (container.status.state === "CONTAINER_EXITED") {
    done();
    return;
  }
  container.waiting.push(done);
  if (container.process) container.process.stop(timeoutMs);
  else exit(node, container, { exitCode: 0, reason: "Completed" });
}

/** Ends a container at once, whatever it does. */
export function killContainer(node: RuntimeNode, container: Container): void {
  container.process?.destroy();
  exit(node, container, { exitCode: 137, reason: "Error" });
}

function exit(node: RuntimeNode, container: Container, { exitCode, reason }: ProcessExit): void {
  if (container.status.state === "CONTAINER_EXITED" || !isKept(node, container)) return;
  const { ready, ...rest } = container.status;
  container.process = undefined;
  container.status = { ...rest, state: "CONTAINER_EXITED", finishedAtMs: node.nowMs(), exitCode, reason };
  node.tell({ type: "container.exited", pod: container.sandbox.status.pod, exitCode });
  node.push({ type: "cri.exited", container: container.status });
  for (const tell of container.waiting.splice(0)) tell();
}

function watcherOf(node: RuntimeNode, container: Container): ProcessWatcher {
  const { container: id } = container.status;
  return {
    exited: (how) => exit(node, container, how),
    wrote(stream, text) {
      node.tell({ type: "container.wrote", pod: container.sandbox.status.pod, text });
      container.log.write({ atMs: node.nowMs(), stream, text });
      if (!container.isFollowed || container.isLogTold) return;
      container.isLogTold = true;
      node.push({ type: "cri.logged", container: id });
    },
    becameReady(ready) {
      container.status = { ...container.status, ready };
      node.push({ type: "cri.ready", container: id, ready });
    },
    becameUnhealthy() {
      container.status = { ...container.status, healthy: false };
      node.push({ type: "cri.healthy", container: id, healthy: false });
    },
  };
}

function isKept(node: RuntimeNode, container: Container): boolean {
  return node.containers.get(container.status.container) === container;
}
