import type { DeviceContext, DeviceDefinition } from "../../runtime/devices/device.ts";
import type { Address } from "../../runtime/mod.ts";
import type { FileRequest, FoldersAnswer, ListVolumes, VolumeRequest } from "../computer/messages.ts";
import { cdiFolder } from "../kit/cdi.ts";
import { present } from "../kit/present.ts";
import { ok } from "../kit/result.ts";
import type { DatagramRequest } from "../network/datagram.ts";
import { realTrust } from "../signing/judge_device.ts";
import { withDevices } from "./cdi.ts";
import type { ImageSource } from "./container_image.ts";
import { containerLogs } from "./container_logs.ts";
import { failedCall } from "./cri_answers.ts";
import type {
  ContainerStatus,
  CriBackend,
  CriRequest,
  FindAddress,
  HostGrpc,
  ImageCatalogue,
  LogRequest,
  ProbePlayed,
  ProcessRequest,
  SandboxStatus,
  SocketRequest,
} from "./messages.ts";
import { isReal, mixedCalls, playedCalls } from "./mixed_calls.ts";
import { localRegistry } from "./modules/local_registry.ts";
import { type ModuleImages, moduleSource } from "./modules/module_images.ts";
import { hostFiles } from "./played/host_files.ts";
import { runtimeCalls } from "./played/runtime_calls.ts";
import { simulatedImages } from "./played/simulated_images.ts";
import { diskPrograms } from "./played/unix/image_tree.ts";
import { memoryShelf, type VolumeShelf } from "./played/volume_shelf.ts";
import { createProcessStreams, type ProcessStreams } from "./process_streams.ts";
import type { RealNode, RealRuntime } from "./real_runtime.ts";
import type { RuntimeEvent } from "./runtime_event.ts";
import { type NodeHost, type RuntimeNode, runtimeNode } from "./runtime_node.ts";
import { createDatagrams, type Datagrams } from "./sockets/datagrams.ts";
import { hostGrpc } from "./sockets/host_grpc.ts";
import { hostHttp } from "./sockets/host_http.ts";
import { createSockets, type SocketCall, type Sockets } from "./sockets/sockets.ts";

/** The container runtimes of all nodes of a cluster, and what tests may see of them. */
export interface ContainerRuntime extends DeviceDefinition {
  /** What is on the computer with that address, whatever its kubelet believes. */
  inspect(computer: Address): { readonly sandboxes: SandboxStatus[]; readonly containers: ContainerStatus[] };
}

/** What containers a cluster can run. */
export interface ContainerRuntimeOptions extends Partial<ImageCatalogue> {
  /** Real code as images; they come before the played ones. Default: none. */
  readonly modules?: ModuleImages | undefined;
  /** Who watches what happens, on all nodes. Default: nobody. */
  readonly observe?: ((event: RuntimeEvent) => void) | undefined;
  /** The data of claims. Default: in memory, for all nodes that this definition is opened for. */
  readonly shelf?: VolumeShelf | undefined;
  /** A runtime outside, in which pods run for real that ask for it, or all. Default: there is none. */
  readonly real?: RealRuntime | undefined;
}

/** A node and what it answers. */
interface Place {
  readonly node: RuntimeNode;
  /** What of it is real. */
  readonly real: RealNode | undefined;
  readonly isRealDefault: boolean;
  readonly calls: CriBackend;
  readonly sockets: Sockets;
  readonly datagrams: Datagrams;
  readonly processes: ProcessStreams;
}

type Answer = (answer: unknown) => void;

/**
 * Makes the `cri` device: one runtime for each node, that plays images of a catalogue and runs images that are modules,
 * side by side. It lives as long as the computer that opened it: who loses power loses its containers.
 *
 * @example
 * const devices = [containerRuntime({ images: { "db:1": { readyMs: 2000 } }, modules: await simulatedModules(folder) })]
 */
export function containerRuntime(options: ContainerRuntimeOptions = {}): ContainerRuntime {
  const { images = {}, unknown, speed, modules, observe, shelf = memoryShelf(), real } = options;
  const places = new Map<Address, Place>();
  // What a thread tells comes in several messages: they are answered together at the end of the event loop's turn.
  const defer = modules && !modules.isVirtual ? (body: () => void) => void setImmediate(body) : undefined;

  function placeFor(context: DeviceContext): Place {
    const node = runtimeNode(context.address, hostOf(context), { defer, observe, shelf, programs: diskPrograms });
    const sockets = createSockets(node);
    const datagrams = createDatagrams(node);
    const played = simulatedImages(node, { sockets, datagrams, trust: realTrust }, { images, unknown, speed });
    const { ofLayers } = played;
    const sources: ImageSource[] = [localRegistry({ node, sockets, ofLayers }), played];
    if (modules) {
      sources.unshift(
        moduleSource({ node, sockets, modules, trust: realTrust, catalogue: { images, speed }, ofLayers }),
      );
    }
    const runtime = runtimeCalls(node, sources);
    const own = real?.open(node, sockets);
    const isRealDefault = real?.isDefault ?? false;
    const calls = own ? mixedCalls({ played: runtime, real: own, isDefault: isRealDefault }) : playedCalls(runtime);
    return { node, real: own, isRealDefault, sockets, datagrams, calls, processes: createProcessStreams(node, own) };
  }

  return {
    name: "cri",
    needs: () => undefined,
    open(context) {
      const place = placeFor(context);
      let isOpen = true;
      places.set(context.address, place);
      return {
        request(request, done) {
          place.node.enter(() => call(place, request as AnyRequest, (value) => isOpen && done(value)));
        },
        close() {
          isOpen = false;
          place.real?.close();
          place.node.dispose();
          if (places.get(context.address) === place) places.delete(context.address);
        },
      };
    },
    inspect(computer) {
      const { node, real: own } = places.get(computer) ?? {};
      return {
        sandboxes: [...Array.from(node?.sandboxes.values() ?? [], ({ status }) => status), ...(own?.sandboxes() ?? [])],
        containers: [
          ...Array.from(node?.containers.values() ?? [], ({ status }) => status),
          ...(own?.containers() ?? []),
        ],
      };
    },
  };
}

type AnyRequest =
  | CriRequest
  | SocketRequest
  | ProcessRequest
  | LogRequest
  | ProbePlayed
  | HostGrpc
  | VolumeRequest
  | ListVolumes
  | FileRequest
  | FindAddress
  | DatagramRequest;

function call(place: Place, request: AnyRequest, done: Answer): void {
  const { node, calls, sockets, datagrams, processes } = place;
  if (place.real && askReal({ ...place, real: place.real }, request, done)) return;
  if (isProcessRequest(request)) processes.request(request, done);
  else if (request.op === "ReadLogs" || request.op === "FollowLogs") done(containerLogs(node, request));
  else if (request.op === "PrepareVolumes") done(node.volumes.prepare(request));
  else if (request.op === "RemoveVolumes") done(node.volumes.remove(request.folder));
  else if (request.op === "MeasureVolumes") done(node.volumes.measure(request.folder));
  else if (request.op === "ListVolumes") done(foldersOf(place));
  else if (isFileRequest(request)) done(hostFiles(node.volumes.disk(), request));
  else if (request.op === "ProbePlayed") done({ ok: true, ...present({ found: probe(node, request) }) });
  else if (request.op === "DatagramIn") done(datagrams.request(request));
  else if (request.op === "FindAddress") done({ ok: true });
  else if (request.op === "HostHttp") askPage(node, sockets, { request, done });
  else if (request.op === "HostGrpc") hostGrpc(node, sockets, { request, done });
  else if (isSocketRequest(request)) sockets.request(request, done);
  else if (request.op === "CreateContainer" && request.container.cdiDevices) createWithDevices(place, request, done);
  else (calls[request.op] as (request: CriRequest, done: Answer) => void)(request, done);
}

/** Whatever runs the container: the devices that it is given are the node's. */
function createWithDevices({ node, calls }: Place, request: CriRequest<"CreateContainer">, done: Answer): void {
  const files = hostFiles(node.volumes.disk(), { op: "ReadFiles", folder: cdiFolder });
  const made = withDevices(request.container, files.ok ? Object.values(files.value ?? {}) : []);
  if (made.ok) calls.CreateContainer({ ...request, container: made.value }, done);
  else done(failedCall("UNKNOWN", made.failure));
}

function foldersOf({ node, real }: Place): FoldersAnswer {
  return ok([...node.volumes.folders(), ...(real?.volumeFolders() ?? [])]);
}

/** What is about something that a real runtime has is asked there. */
function askReal(
  { real, isRealDefault, sockets }: Place & { readonly real: RealNode },
  request: AnyRequest,
  done: Answer,
) {
  if (request.op === "ReadLogs" || request.op === "FollowLogs") {
    if (!real.hasContainer(request.container)) return false;
    done(real.logs(request));
  } else if (request.op === "PrepareVolumes") {
    if (!isReal({ isDefault: isRealDefault }, request.runtimeHandler)) return false;
    done(real.volumes(request));
  } else if (request.op === "RemoveVolumes" || request.op === "MeasureVolumes") {
    if (!real.hasVolumes(request.folder)) return false;
    done(real.volumes(request));
  } else if (request.op === "SocketAccept") {
    if (request.sandbox === undefined) {
      // In the node's network a played process is asked first.
      sockets.request(request, (answer) => (answer.ok ? done(answer) : real.accept(request, done)));
      return true;
    }
    if (!real.hasSandbox(request.sandbox)) return false;
    real.accept(request, done);
  } else if (request.op === "DatagramIn") {
    if (request.sandbox === undefined || !real.hasSandbox(request.sandbox)) return false;
    done(real.datagram(request));
  } else if (request.op === "FindAddress") real.find(request.ip, done);
  else return false;
  return true;
}

function probe(node: RuntimeNode, { container: id, kind }: Omit<ProbePlayed, "op">): boolean | undefined {
  const container = node.containers.get(id);
  return container?.image.probe?.(container, kind);
}

/** An HTTP request of the node itself; a container that is played answers a probe of its own. */
function askPage(node: RuntimeNode, sockets: Sockets, { request, done }: Parameters<typeof hostHttp>[2]): void {
  const found = request.probe && probe(node, request.probe);
  if (found === undefined) hostHttp(node, sockets, { request, done });
  else done({ ok: true, status: found ? 200 : 503, body: "" });
}

function isSocketRequest(request: AnyRequest): request is SocketCall {
  return request.op.startsWith("Socket");
}

function isFileRequest(request: AnyRequest): request is FileRequest {
  return request.op === "WriteFile" || request.op === "RemoveFile" || request.op === "ReadFiles";
}

function isProcessRequest(request: AnyRequest): request is ProcessRequest {
  return request.op.startsWith("Process");
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
