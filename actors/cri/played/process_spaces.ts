import type { Container } from "../runtime_node.ts";
import { hostSpace, type ProcessSpace, processSpace } from "./unix/kernel/process_space.ts";

/** Which containers' processes see each other. */
export interface ProcessSpaces {
  of(container: Container): ProcessSpace;
  /** The container whose processes a container sees beside its own. */
  target(container: Container): Container | undefined;
}

/** No spaces yet. */
export function processSpaces(): ProcessSpaces {
  const ofPods = new WeakMap<Container["sandbox"], ProcessSpace>();
  const ofContainers = new WeakMap<Container, ProcessSpace>();
  /** Those in which there are processes. */
  const inUse = new Set<ProcessSpace>();
  const ofHost = hostSpace(inUse);

  function own(container: Container): ProcessSpace {
    const space = ofContainers.get(container) ?? processSpace({ inUse });
    ofContainers.set(container, space);
    return space;
  }

  function target({ config: { processes }, sandbox }: Container): Container | undefined {
    if (typeof processes !== "object") return undefined;
    const isTarget = ({ status: { name, state } }: Container) => name === processes.of && state === "CONTAINER_RUNNING";
    return [...sandbox.containers.values()].find(isTarget);
  }

  return {
    target,
    of(container) {
      const { config, sandbox } = container;
      if (config.processes === undefined) return own(container);
      if (config.processes === "host") return ofHost;
      if (config.processes === "pod") {
        const space = ofPods.get(sandbox) ?? processSpace({ hasInit: true, inUse });
        ofPods.set(sandbox, space);
        return space;
      }
      return own(target(container) ?? container);
    },
  };
}
