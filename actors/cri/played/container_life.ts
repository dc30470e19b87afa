import { present } from "../../kit/present.ts";
import type { ProcessExit } from "../container_image.ts";
import { isArgumentListTooLong } from "../exec_limits.ts";
import type { ContainerConfig, ContainerStatus, LogLine } from "../messages.ts";
import { type Container, isKept, type NodeImage, type RuntimeNode, type Sandbox } from "../runtime_node.ts";
import { logBook } from "./log_book.ts";

/** How much of a program's name is shown: it may be what is too long. */
const programCharsMax = 1_024;

/** A new container; nothing runs in it yet. */
export function createContainer(
  node: RuntimeNode,
  sandbox: Sandbox,
  { config: asked, found: { image } }: { readonly config: ContainerConfig; readonly found: NodeImage },
): Container {
  const config = { ...asked, ...present({ inside: image.inside }) };
  const status: ContainerStatus = {
    container: node.newId(),
    sandbox: sandbox.status.sandbox,
    name: config.name,
    image: image.full,
    imageRef: image.ref,
    specImage: config.image,
    attempt: config.attempt,
    ...present({ user: image.userOf?.(config) }),
    state: "CONTAINER_CREATED",
    createdAtMs: node.nowMs(),
  };
  const isTooLong = isArgumentListTooLong(config);
  const container: Container = {
    // What no program can be given is not kept: a node full of such pods would be full of it.
    config: isTooLong ? { ...config, command: config.command.slice(0, 1), args: [], env: {} } : config,
    isTooLong,
    image,
    sandbox,
    log: undefined,
    following: "nobody",
    status,
    waiting: undefined,
  };
  sandbox.containers.set(status.container, container);
  node.containers.set(status.container, container);
  return container;
}

/** A container runs, and does by itself what its image does. */
export function beginRunning(node: RuntimeNode, container: Container): void {
  container.status = { ...container.status, state: "CONTAINER_RUNNING", startedAtMs: node.nowMs() };
  node.tell({ type: "container.started", ...placeOf(container) });
  if (container.isTooLong) refuseExec(node, container);
  else container.image.start(container);
}

/** As runc ends: its own process, which was to become the container's, says why it cannot. */
function refuseExec(node: RuntimeNode, container: Container): void {
  const [program = "/entrypoint"] = container.config.command;
  wrote(node, container, {
    stream: "stderr",
    text: `exec ${program.slice(0, programCharsMax)}: argument list too long`,
  });
  exited(node, container, { exitCode: 255, reason: "Error" });
}

/** Sends the stop signal, and the kill signal when `timeoutMs` is over; `done` is called when it has exited. */
export function stopContainer(
  node: RuntimeNode,
  container: Container,
  { timeoutMs, done }: { readonly timeoutMs: number; readonly done: () => void },
): void {
  const { state } = container.status;
  if (state === "CONTAINER_EXITED") {
    done();
    return;
  }
  container.waiting ??= [];
  container.waiting.push(done);
  if (state === "CONTAINER_RUNNING") container.image.stop(container, timeoutMs);
  else exited(node, container, { exitCode: 0, reason: "Completed" });
}

/** Ends a container at once, whatever it does. */
export function killContainer(node: RuntimeNode, container: Container): void {
  if (container.status.state === "CONTAINER_RUNNING") container.image.destroy(container);
  exited(node, container, { exitCode: 137, reason: "Error" });
}

/** A container's process has ended; only the first time counts. */
export function exited(node: RuntimeNode, container: Container, { exitCode, reason, message }: ProcessExit): void {
  if (container.status.state === "CONTAINER_EXITED" || !isKept(node, container)) return;
  const hasRun = container.status.state === "CONTAINER_RUNNING";
  container.status = { ...container.status, state: "CONTAINER_EXITED", finishedAtMs: node.nowMs(), exitCode, reason };
  if (message !== undefined) container.status = { ...container.status, message };
  if (hasRun) node.tell({ type: "container.exited", ...placeOf(container), exitCode });
  node.push({ type: "cri.exited", container: container.status });
  const { waiting = [] } = container;
  container.waiting = undefined;
  for (const tell of waiting) tell();
}

function placeOf({ sandbox, status }: Container) {
  return { pod: sandbox.status.pod, container: status.name, id: status.container };
}

/** A process has written a line; `atMs` defaults to now. */
export function wrote(
  node: RuntimeNode,
  container: Container,
  line: Pick<LogLine, "stream" | "text" | "isPartial"> & Partial<Pick<LogLine, "atMs">>,
): void {
  node.tell({ type: "container.wrote", pod: container.sandbox.status.pod, text: line.text });
  container.log ??= logBook();
  container.log.write({ atMs: node.nowMs(), ...line });
  if (container.following !== "waits") return;
  container.following = "was told";
  node.push({ type: "log.written", container: container.status.container });
}
