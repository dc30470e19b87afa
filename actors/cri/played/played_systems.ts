import { hash32, randomFrom } from "../../../runtime/mod.ts";
import type { StreamClient, StreamServer } from "../container_image.ts";
import { type Container, isRunning, type RuntimeNode } from "../runtime_node.ts";
import { exited, wrote } from "./container_life.ts";
import { commandOf, imageSystem } from "./image_system.ts";
import { lineAudience } from "./line_audience.ts";
import { networkFiles } from "./network_files.ts";
import { type ContainerSystem, containerSystem, type SystemMount } from "./unix/system.ts";

/** The systems inside of a node's played containers: there is one as soon as a container has a command to run. */
export interface PlayedSystems {
  /** The system of a container; `undefined` when its image has none. */
  of(container: Container): ContainerSystem | undefined;
  /** Waits for the end of a container that has no system. */
  attend(container: Container, client: StreamClient): StreamServer;
  /** It has ended, whatever ended it. */
  forget(container: Container): void;
}

/** A last word is cut there. */
const messageCharsMax = 4_096;

/** No systems yet. */
export function playedSystems(node: RuntimeNode): PlayedSystems {
  const systems = new Map<Container, ContainerSystem>();
  const audience = lineAudience();

  function mountsOf({ config }: Container): SystemMount[] {
    return (config.mounts ?? []).flatMap((mount) => {
      const found = node.volumes.find(mount);
      return found ? [{ path: mount.containerPath, node: found, isReadOnly: mount.isReadOnly }] : [];
    });
  }

  function make(container: Container): ContainerSystem | undefined {
    const { config } = container;
    const { system: image } = imageSystem(config.image);
    if (!image) return undefined;
    const hostname = config.env.HOSTNAME ?? container.sandbox.status.pod.name;
    const { terminationMessagePath = "/dev/termination-log" } = config;
    const system = containerSystem({
      ...{ image, env: config.env, folder: config.workingDir || "/" },
      user: config.user ?? { uid: 0, gid: 0 },
      files: networkFiles(container, hostname),
      mounts: mountsOf(container),
      host: {
        uptimeMs: node.nowMs,
        wallMs: node.host.wallMs,
        later: node.later,
        random: randomFrom(hash32(container.status.container)),
        hostname,
      },
      wrote: (stream, text) => wrote(node, container, { stream, text }),
      exited(exitCode) {
        const message = system.read(terminationMessagePath)?.slice(0, messageCharsMax) ?? "";
        const reason = exitCode === 0 ? "Completed" : "Error";
        systems.delete(container);
        exited(node, container, { exitCode, reason, ...(message === "" ? {} : { message }) });
      },
    });
    systems.set(container, system);
    const { hasInput = false, closesInput = false, hasTerminal = false } = config;
    system.start(commandOf(config) ?? [], { hasInput, closesInput, hasTerminal, label: container.image.full });
    return system;
  }

  return {
    of: (container) => systems.get(container) ?? (isRunning(node, container) ? make(container) : undefined),
    attend: audience.attach,
    forget(container) {
      audience.exited(container);
      systems.get(container)?.destroy();
      systems.delete(container);
    },
  };
}
