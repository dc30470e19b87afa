import { hash32, mix32 } from "../../runtime/mod.ts";
import { type AddressPool, addressPool } from "./address_pool.ts";
import { hex64, imageNameOf } from "./image_name.ts";
import type { ContainerConfig, ContainerStatus, CriPush, ImageBehaviour, SandboxStatus } from "./messages.ts";

/** How the machine that a node is reaches the time and the kubelet of the moment. */
export interface NodeHost {
  readonly incarnation: number;
  uptimeMs(): number;
  after(delayMs: number, body: () => void): void;
  push(body: CriPush): void;
}

/** A sandbox as the runtime keeps it. */
export interface Sandbox {
  status: SandboxStatus;
  readonly containers: Map<string, Container>;
}

/** A container as the runtime keeps it. */
export interface Container {
  readonly config: ContainerConfig;
  readonly behaviour: ImageBehaviour;
  readonly sandbox: Sandbox;
  status: ContainerStatus;
  /** Called once when it has exited. */
  readonly waiting: (() => void)[];
}

/** Something that will happen on the machine, whether a kubelet lives there or not. */
interface Happening {
  readonly atMs: number;
  readonly happen: () => void;
}

/** One machine of the simulated runtime: it outlives its kubelet, as a real containerd does. */
export interface SimulatedNode {
  readonly sandboxes: Map<string, Sandbox>;
  readonly containers: Map<string, Container>;
  /** Images on this node, by full name, and from when on they are there. */
  readonly images: Map<string, number>;
  addresses: AddressPool | undefined;
  podCidr: string;
  /** The kubelet that is served now. */
  host: NodeHost | undefined;
  nowMs(): number;
  later(delayMs: number, happen: () => void): void;
  push(body: CriPush): void;
  /** 64 hexadecimal digits that nothing else has. */
  newId(): string;
  /** Connects a kubelet: what was due meanwhile has happened, the rest is awaited. */
  attach(host: NodeHost): void;
  detach(host: NodeHost): void;
}

/** The range of a node whose kubelet has told none. */
const podCidrDefault = "10.244.0.0/24";

/** Makes an empty machine. */
export function simulatedNode(address: string): SimulatedNode {
  const happenings = new Set<Happening>();
  let replayedMs: number | undefined;
  let counter = 0;

  const awaitIn = (happening: Happening, host: NodeHost) =>
    host.after(Math.max(0, happening.atMs - host.uptimeMs()), () => {
      if (happenings.delete(happening)) happening.happen();
    });

  const node: SimulatedNode = {
    sandboxes: new Map(),
    containers: new Map(),
    images: new Map(),
    addresses: undefined,
    podCidr: podCidrDefault,
    host: undefined,
    nowMs: () => replayedMs ?? node.host?.uptimeMs() ?? 0,
    later(delayMs, happen) {
      const happening = { atMs: node.nowMs() + delayMs, happen };
      happenings.add(happening);
      if (node.host) awaitIn(happening, node.host);
    },
    // While the past is caught up with nobody is told: a kubelet that starts lists first.
    push: (body) => (replayedMs === undefined ? node.host?.push(body) : undefined),
    newId: () => hex64(mix32(hash32(address), node.host?.incarnation ?? 0), mix32(node.nowMs(), ++counter)),
    attach(host) {
      node.host = host;
      const uptimeMs = host.uptimeMs();
      for (;;) {
        const [due] = [...happenings].filter(({ atMs }) => atMs <= uptimeMs).sort((a, b) => a.atMs - b.atMs);
        if (!due) break;
        happenings.delete(due);
        replayedMs = due.atMs;
        due.happen();
        replayedMs = undefined;
      }
      for (const happening of happenings) awaitIn(happening, host);
    },
    detach(host) {
      if (node.host === host) node.host = undefined;
    },
  };
  return node;
}

/** Gives a sandbox an address from the node's range; `undefined` when it has no more. */
export function takeAddress(node: SimulatedNode): string | undefined {
  node.addresses ??= addressPool(node.podCidr);
  return node.addresses.take();
}

/** A container has been started: it runs, and does by itself what its behaviour says. */
export function beginRunning(node: SimulatedNode, container: Container): void {
  const { behaviour, config } = container;
  const { readyMs = 0, unreadyAfterMs, unhealthyAfterMs, exitAfterMs, exitCode = 0 } = behaviour;
  container.status = {
    ...container.status,
    state: "CONTAINER_RUNNING",
    startedAtMs: node.nowMs(),
    ready: readyMs === 0,
  };
  const whileRunning = (delayMs: number, happen: () => void) =>
    node.later(delayMs, () => {
      if (container.status.state === "CONTAINER_RUNNING" && isKept(node, container)) happen();
    });
  if (readyMs > 0) whileRunning(readyMs, () => becomeReady(node, container, true));
  if (unreadyAfterMs !== undefined) whileRunning(unreadyAfterMs, () => becomeReady(node, container, false));
  if (unhealthyAfterMs !== undefined) whileRunning(unhealthyAfterMs, () => becomeUnhealthy(node, container));
  if (exitAfterMs !== undefined) {
    whileRunning(exitAfterMs, () =>
      exit(node, container, { exitCode, reason: exitCode === 0 ? "Completed" : "Error" }),
    );
  }
  const { memoryBytesPerSecond = 0 } = behaviour;
  if (memoryBytesPerSecond > 0 && config.memoryLimitBytes !== undefined) {
    const delayMs = Math.ceil((config.memoryLimitBytes / memoryBytesPerSecond) * 1000);
    whileRunning(delayMs, () => exit(node, container, { exitCode: 137, reason: "OOMKilled" }));
  }
}

function becomeReady(node: SimulatedNode, container: Container, ready: boolean): void {
  container.status = { ...container.status, ready };
  node.push({ type: "cri.ready", container: container.status.container, ready });
}

function becomeUnhealthy(node: SimulatedNode, container: Container): void {
  container.status = { ...container.status, healthy: false };
  node.push({ type: "cri.healthy", container: container.status.container, healthy: false });
}

/** A container sends no more: it has exited. */
export function exit(
  node: SimulatedNode,
  container: Container,
  { exitCode, reason }: { readonly exitCode: number; readonly reason: string },
): void {
  const { status } = container;
  if (status.state === "CONTAINER_EXITED" || !isKept(node, container)) return;
  const { ready, ...rest } = status;
  container.status = { ...rest, state: "CONTAINER_EXITED", finishedAtMs: node.nowMs(), exitCode, reason };
  node.push({ type: "cri.exited", container: container.status });
  for (const tell of container.waiting.splice(0)) tell();
}

/** Sends the stop signal, and the kill signal when `timeoutMs` is over; `done` is called when it has exited. */
export function stop(
  node: SimulatedNode,
  container: Container,
  { timeoutMs, done }: { readonly timeoutMs: number; readonly done: () => void },
): void {
  const { stopMs = 0, stopExitCode = 0 } = container.behaviour;
  if (container.status.state === "CONTAINER_EXITED") {
    done();
    return;
  }
  container.waiting.push(done);
  const inTime = stopMs <= timeoutMs;
  const exitCode = inTime ? stopExitCode : 137;
  const delayMs = inTime ? stopMs : timeoutMs;
  const end = () => exit(node, container, { exitCode, reason: exitCode === 0 ? "Completed" : "Error" });
  if (delayMs === 0) end();
  else node.later(delayMs, end);
}

function isKept(node: SimulatedNode, container: Container): boolean {
  return node.containers.get(container.status.container) === container;
}

/** A new container's status. */
export function createdStatus(node: SimulatedNode, sandbox: Sandbox, config: ContainerConfig): ContainerStatus {
  const { full, ref } = imageNameOf(config.image);
  return {
    container: node.newId(),
    sandbox: sandbox.status.sandbox,
    name: config.name,
    image: full,
    imageRef: ref,
    attempt: config.attempt,
    state: "CONTAINER_CREATED",
    createdAtMs: node.nowMs(),
  };
}
