import { hash32, randomFrom } from "../../../runtime/mod.ts";
import { present } from "../../kit/present.ts";
import type { StreamClient, StreamServer } from "../container_image.ts";
import type { Usage } from "../container_usage.ts";
import { type Container, isRunning, type RuntimeNode } from "../runtime_node.ts";
import type { NodeSockets } from "../sockets/node_sockets.ts";
import { nobody } from "../sockets/open_socket.ts";
import { exited, wrote } from "./container_life.ts";
import { containerNetwork, sandboxOf } from "./container_network.ts";
import { containerUser } from "./container_user.ts";
import { commandOf, insideOf } from "./image_system.ts";
import { lineAudience } from "./line_audience.ts";
import { mountedNode } from "./mounted.ts";
import { networkFiles } from "./network_files.ts";
import { processSpaces } from "./process_spaces.ts";
import { privilegesOf } from "./unix/kernel/privileges.ts";
import type { User } from "./unix/kernel/process.ts";
import { type ContainerSystem, containerSystem, type SystemMount } from "./unix/system.ts";
import { nothingRuns } from "./unknown_program.ts";

/** The systems inside of a node's played containers: there is one as soon as a container has a command to run. */
export interface PlayedSystems {
  /** The system of a container; `undefined` when its image has none. */
  of(container: Container): ContainerSystem | undefined;
  /**
   * Lets a container rest: its system is not made before somebody connects to one of the ports, or looks at it. It is
   * as if it had been there since the container's start. Whether that can be: another may listen there.
   */
  rest(container: Container, ports: readonly number[]): boolean;
  isResting(container: Container): boolean;
  /** Lets everybody in who connects to the ports of a container's spec, and tells them nothing: nobody knows what would. */
  takeCalls(container: Container): void;
  /** Milliseconds of one processor that the processes of a container have used. */
  cpuMs(container: Container): number;
  /** Memory that the processes of a container have taken. */
  heldBytes(container: Container): number;
  /** How many processes a container has: one at least. */
  processes(container: Container): number;
  /** What a container has written to its own files. */
  written(container: Container): Required<Pick<Usage, "writtenBytes" | "writtenNodes">>;
  /** Waits for the end of a container that has no system. */
  attend(container: Container, client: StreamClient): StreamServer;
  /** It has ended, whatever ended it. */
  forget(container: Container): void;
}

/** Of a last word that is longer, this much of its end counts. */
const messageCharsMax = 4_096;

/** Who a container's processes run as, and what they may. */
function userOf({ config }: Container): User {
  const user = containerUser(config);
  return { ...user, privileges: privilegesOf(config, user.uid) };
}

/** No systems yet. */
export function playedSystems(node: RuntimeNode, network: NodeSockets): PlayedSystems {
  const systems = new Map<Container, ContainerSystem>();
  /** What ends a rest. */
  const { sockets } = network;
  const resting = new Map<Container, () => void>();
  /** What ends that calls are taken. */
  const taking = new Map<Container, (() => void)[]>();
  const audience = lineAudience();
  const spaces = processSpaces();

  function mountsOf({ config }: Container): SystemMount[] {
    return (config.mounts ?? []).flatMap((mount) => {
      const found = mountedNode(node, mount, config.fsGroup);
      const { containerPath: path, isReadOnly } = mount;
      return found ? [{ path, node: found, isReadOnly, ...present({ volume: node.volumes.placeOf(mount) }) }] : [];
    });
  }

  function make(container: Container): ContainerSystem | undefined {
    const { config } = container;
    const { system: image, folder = "/", isKnown } = insideOf(config);
    if (!image) return undefined;
    // What it does at its start it did then.
    let lateMs = resting.has(container) ? node.nowMs() - (container.status.startedAtMs ?? node.nowMs()) : 0;
    endRest(container);
    const seen = spaces.target(container);
    if (seen) of(seen);
    const hostname = config.env.HOSTNAME ?? container.sandbox.status.pod.name;
    const { terminationMessagePath = "/dev/termination-log" } = config;
    const system = containerSystem({
      ...{ image, env: config.env, folder: config.workingDir || folder },
      user: userOf(container),
      files: networkFiles(container, hostname),
      mounts: mountsOf(container),
      hostMounts: node.volumes.mounts,
      hostDisk: node.volumes.disk,
      space: spaces.of(container),
      limits: () => container.config,
      ...present({ usersFrom: container.sandbox.usersFrom }),
      memoryTaken: () => node.push({ type: "memory.taken", container: container.status.container }),
      outOfMemory() {
        systems.delete(container);
        system.destroy();
        exited(node, container, { exitCode: 137, reason: "OOMKilled" });
      },
      hasReadOnlyRoot: config.hasReadOnlyRoot ?? false,
      open: [terminationMessagePath, ...(config.mounts ?? []).map(({ containerPath }) => containerPath)],
      host: {
        uptimeMs: () => node.nowMs() - lateMs,
        wallMs: () => node.host.wallMs() - lateMs,
        later: node.later,
        random: randomFrom(hash32(container.status.container)),
        hostname,
        ...(isKnown || config.isAwaited ? {} : { nothingRuns: (program: string) => restAs(container, program) }),
      },
      network: containerNetwork(network, container),
      wrote(stream, text, isPartial) {
        const line = { stream, text, atMs: node.nowMs() - lateMs };
        wrote(node, container, isPartial ? { ...line, isPartial } : line);
      },
      exited(exitCode) {
        const message = system.read(terminationMessagePath)?.slice(-messageCharsMax) ?? "";
        const reason = exitCode === 0 ? "Completed" : "Error";
        systems.delete(container);
        exited(node, container, { exitCode, reason, ...(message === "" ? {} : { message }) });
      },
    });
    systems.set(container, system);
    const { hasInput = false, closesInput = false, hasTerminal = false } = config;
    system.start(commandOf(config) ?? [], { hasInput, closesInput, hasTerminal, label: container.image.full });
    lateMs = 0;
    return system;
  }

  /** Its own process is for good one that nobody knows. */
  function restAs(container: Container, program: string): string {
    takeCalls(container);
    return nothingRuns(container.config, program);
  }

  function takeCalls(container: Container): void {
    const { ports = [] } = container.config;
    if (taking.has(container) || ports.length === 0) return;
    const sandbox = sandboxOf(container);
    const take = (port: number) =>
      sockets.listen(sandbox, port, (socket) => {
        socket.write("", true);
        return { ...nobody, data: (data) => socket.taken(data.length) };
      });
    taking.set(
      container,
      [...new Set(ports)].flatMap((port) => take(port) ?? []),
    );
  }

  function endRest(container: Container): void {
    resting.get(container)?.();
    resting.delete(container);
  }

  function of(container: Container): ContainerSystem | undefined {
    return systems.get(container) ?? (isRunning(node, container) ? make(container) : undefined);
  }

  return {
    of,
    rest(container, ports) {
      // Others would see that its processes are not there.
      if (container.config.processes) return false;
      const sandbox = sandboxOf(container);
      const stops: (() => void)[] = [];
      const stopAll = () => {
        for (const stop of stops) stop();
      };
      for (const port of ports) {
        const stop = sockets.listen(sandbox, port, (socket, from) => {
          of(container);
          const owner = sockets.pass({ sandbox, port }, socket, from);
          if (!owner) socket.reset();
          return owner ?? nobody;
        });
        if (!stop) {
          stopAll();
          return false;
        }
        stops.push(stop);
      }
      resting.set(container, stopAll);
      return true;
    },
    cpuMs: (container) => systems.get(container)?.cpuMs() ?? 0,
    written: (container) => systems.get(container)?.written() ?? { writtenBytes: 0, writtenNodes: 0 },
    heldBytes: (container) => systems.get(container)?.heldBytes() ?? 0,
    processes: (container) => Math.max(1, systems.get(container)?.processes() ?? 1),
    isResting: (container) => resting.has(container),
    attend: audience.attach,
    takeCalls,
    forget(container) {
      for (const stop of taking.get(container) ?? []) stop();
      taking.delete(container);
      audience.exited(container);
      endRest(container);
      systems.get(container)?.destroy();
      systems.delete(container);
    },
  };
}
