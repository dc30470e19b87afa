import type { DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import type { ContainerStatus, CriAnswer, CriRequest, ImageCatalogue, SandboxStatus } from "./messages.ts";
import { type SimulatedCalls, simulatedCalls } from "./simulated_calls.ts";
import { type NodeHost, type SimulatedNode, simulatedNode } from "./simulated_node.ts";

/** The simulated runtime of all nodes of a cluster, and what tests may see of it and do to it. */
export interface SimulatedRuntime extends DeviceDefinition {
  /** The whole machine of the kubelet at this address fails: sandboxes, containers and images are gone. */
  machineCrash(address: string): void;
  /** What is on the machine of the kubelet at this address, whatever that kubelet believes. */
  inspect(address: string): { readonly sandboxes: SandboxStatus[]; readonly containers: ContainerStatus[] };
}

/**
 * Makes the `cri` device that plays containers: they behave as the catalogue says of their images. A node's containers
 * live on while its kubelet is down, in this definition, as they do in a real containerd.
 *
 * @example
 * const devices = [simulatedRuntime({ images: { "app:1": { pullMs: 800, readyMs: 2000 } } })]
 */
export function simulatedRuntime(catalogue: ImageCatalogue = { images: {} }): SimulatedRuntime {
  const calls: SimulatedCalls = simulatedCalls(catalogue);
  const nodes = new Map<string, SimulatedNode>();

  function nodeAt(address: string): SimulatedNode {
    let node = nodes.get(address);
    if (!node) {
      node = simulatedNode(address);
      nodes.set(address, node);
    }
    return node;
  }

  return {
    name: "cri",
    needs: () => undefined,
    open(context) {
      let isOpen = true;
      const host = hostOf(context);
      nodeAt(context.address).attach(host);
      return {
        request(request, done) {
          const asked = request as CriRequest;
          const node = nodeAt(context.address);
          // After a crash of the machine this life is served by the machine that was switched on again.
          if (!node.host) node.attach(host);
          const answer = (value: CriAnswer) => (isOpen ? done(value) : undefined);
          (calls[asked.op] as (node: SimulatedNode, asked: CriRequest, done: typeof answer) => void)(
            node,
            asked,
            answer,
          );
        },
        close() {
          isOpen = false;
          nodeAt(context.address).detach(host);
        },
      };
    },
    machineCrash(address) {
      const node = nodes.get(address);
      // What was still to happen on that machine happens to nobody.
      if (node) node.host = undefined;
      nodes.delete(address);
    },
    inspect(address) {
      const node = nodes.get(address);
      return {
        sandboxes: Array.from(node?.sandboxes.values() ?? [], ({ status }) => status),
        containers: Array.from(node?.containers.values() ?? [], ({ status }) => status),
      };
    },
  };
}

function hostOf(context: DeviceContext): NodeHost {
  return {
    incarnation: context.incarnation,
    uptimeMs: () => context.uptimeMs(),
    after: (delayMs, body) => context.after(delayMs, body),
    push: (body) => context.push(body),
  };
}
