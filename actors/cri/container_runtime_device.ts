import type { DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import type { Address } from "../../runtime/mod.ts";
import type { ImageSource } from "./container_image.ts";
import type {
  ContainerStatus,
  CriRequest,
  ImageCatalogue,
  ProcessRequest,
  SandboxStatus,
  SocketRequest,
} from "./messages.ts";
import { type ModuleImages, moduleSource } from "./modules/module_images.ts";
import { hostHttp } from "./modules/sockets/host_http.ts";
import { createSockets, type SocketCall, type Sockets } from "./modules/sockets/sockets.ts";
import { type RuntimeCalls, runtimeCalls } from "./played/runtime_calls.ts";
import { simulatedImages } from "./played/simulated_images.ts";
import { createProcessStreams, type ProcessStreams } from "./process_streams.ts";
import type { RuntimeEvent } from "./runtime_event.ts";
import { type NodeHost, type RuntimeNode, runtimeNode } from "./runtime_node.ts";

/** The container runtimes of all nodes of a cluster, and what tests may see of them and do to them. */
export interface ContainerRuntime extends DeviceDefinition {
  /** The whole computer fails: sandboxes, containers and images are gone. `who` is an actor's address or a node's name. */
  computerCrash(who: Address): void;
  /** What is on a computer, whatever its kubelet believes. */
  inspect(who: Address): { readonly sandboxes: SandboxStatus[]; readonly containers: ContainerStatus[] };
}

/** What containers a cluster can run. */
export interface ContainerRuntimeOptions extends Partial<ImageCatalogue> {
  /** Real code as images; they come before the played ones. Default: none. */
  readonly modules?: ModuleImages | undefined;
  /**
   * Whether containers go on when the actor that this device serves stops or crashes: a kubelet's do, while a computer
   * takes them with it. Containers that are threads never do. Default: of all but computers.
   */
  readonly outlives?: (address: Address) => boolean;
  /** Who watches what happens, on all nodes. Default: nobody. */
  readonly observe?: ((event: RuntimeEvent) => void) | undefined;
}

/** A node and what it answers. */
interface Place {
  readonly node: RuntimeNode;
  readonly calls: RuntimeCalls;
  readonly sockets: Sockets;
  readonly processes: ProcessStreams;
}

type Answer = (answer: unknown) => void;

/**
 * Makes the `cri` device: one runtime for each node, that plays images of a catalogue and runs images that are modules,
 * side by side.
 *
 * @example
 * const devices = [containerRuntime({ images: { "db:1": { readyMs: 2000 } }, modules: await simulatedModules(folder) })]
 */
export function containerRuntime(options: ContainerRuntimeOptions = {}): ContainerRuntime {
  const { images = {}, modules, observe, outlives = (address) => !address.startsWith("computer/") } = options;
  const places = new Map<Address, Place>();
  // An actor may have a second runtime in one life, after a crash of the computer below it: numbers go on.
  const numbers = new Map<Address, number>();
  // What a thread tells comes in several messages: they are answered together at the end of the event loop's turn.
  const defer = modules && !modules.isVirtual ? (body: () => void) => void setImmediate(body) : undefined;

  function placeAt(address: Address): Place {
    const found = places.get(address);
    if (found) return found;
    const node = runtimeNode(address, { defer, observe });
    const sockets = createSockets(node, () => {
      const number = (numbers.get(address) ?? 0) - 1;
      numbers.set(address, number);
      return number;
    });
    const sources: ImageSource[] = [simulatedImages(node, { images })];
    if (modules) sources.unshift(moduleSource({ node, sockets, modules, catalogue: { images } }));
    const calls = runtimeCalls(node, sources);
    const place: Place = { node, sockets, calls, processes: createProcessStreams(node) };
    places.set(address, place);
    return place;
  }

  function remove(address: Address): void {
    places.get(address)?.node.dispose();
    places.delete(address);
  }

  /** The address of a node that is called by this address or name, whichever of its actors has the runtime. */
  function addressOf(who: Address): Address {
    if (places.has(who)) return who;
    const name = nameOf(who);
    for (const address of places.keys()) if (nameOf(address) === name) return address;
    return who;
  }

  return {
    name: "cri",
    needs: () => undefined,
    open(context) {
      const { address } = context;
      const host = hostOf(context);
      let isOpen = true;
      placeAt(address).node.attach(host);
      return {
        request(request, done) {
          const place = placeAt(address);
          // After a crash of the computer this life is served by the computer that was switched on again.
          if (!place.node.host) place.node.attach(host);
          place.node.enter(() => call(place, request as AnyRequest, (value) => isOpen && done(value)));
        },
        close() {
          isOpen = false;
          const isThreads = modules !== undefined && !modules.isVirtual;
          if (!outlives(address) || isThreads) remove(address);
          else places.get(address)?.node.detach(host);
        },
      };
    },
    computerCrash: (who) => remove(addressOf(who)),
    inspect(who) {
      const node = places.get(addressOf(who))?.node;
      return {
        sandboxes: Array.from(node?.sandboxes.values() ?? [], ({ status }) => status),
        containers: Array.from(node?.containers.values() ?? [], ({ status }) => status),
      };
    },
  };
}

type AnyRequest = CriRequest | SocketRequest | ProcessRequest;

function call({ node, calls, sockets, processes }: Place, request: AnyRequest, done: Answer): void {
  if (isProcessRequest(request)) processes.request(request, done);
  else if (request.op === "HostHttp") hostHttp(node, sockets, { request, done });
  else if (isSocketRequest(request)) sockets.request(request, done);
  else (calls[request.op] as (request: CriRequest, done: Answer) => void)(request, done);
}

function isSocketRequest(request: CriRequest | SocketRequest): request is SocketCall {
  return request.op.startsWith("Socket");
}

function isProcessRequest(request: AnyRequest): request is ProcessRequest {
  return request.op.startsWith("Process");
}

function nameOf(address: Address): string {
  return address.slice(address.lastIndexOf("/") + 1);
}

/** What the clock of a host that tells none shows when it starts. */
const wallStartMs = Date.UTC(2026, 0, 1);

function hostOf(context: DeviceContext): NodeHost {
  return {
    incarnation: context.incarnation,
    random: context.random,
    permissions: context.permissions,
    uptimeMs: () => context.uptimeMs(),
    wallMs: () => context.wallMs?.() ?? wallStartMs + Math.floor(context.uptimeMs()),
    after: (delayMs, body) => context.after(delayMs, body),
    push: (body) => context.push(body),
  };
}
