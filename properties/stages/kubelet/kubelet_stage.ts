import type { Event, Frozen, Lease, Node, ObjectMeta, Pod, PodSpec } from "../../../actors/api/types.ts";
import type { ApiRequest, ApiResponse } from "../../../actors/apiserver/messages.ts";
import { computer as realComputer } from "../../../actors/computer/definition.ts";
import { type ManifestsModel, manifestsModel } from "../../../actors/computer/manifests_model_device.ts";
import type { ComputerInput } from "../../../actors/computer/messages.ts";
import type { ImageBehaviour } from "../../../actors/cri/messages.ts";
import { type SimulatedRuntime, simulatedRuntime } from "../../../actors/cri/played/simulated_device.ts";
import { kubelet } from "../../../actors/kubelet/definition.ts";
import type { KubeletInput } from "../../../actors/kubelet/messages.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type FakeApiData, fakeApi } from "../fake_api.ts";
import { type TestClientData, testClient } from "./test_client.ts";
import { type ComputerScript, computerAddress, testComputer } from "./test_computer.ts";

/** One kubelet with its runtime before a fake API server, in virtual time. */
export interface KubeletStage {
  readonly simulation: Simulation;
  readonly runtime: SimulatedRuntime;
  readonly api: FakeApiData;
  /** The node's manifests, which a kubelet with `hasManifests` looks at. */
  readonly manifests: ManifestsModel;
  /** What the client of streams has seen. */
  client(): TestClientData;
  /** Asks the API server, as a user would. */
  ask(request: Partial<ApiRequest> & Pick<ApiRequest, "verb" | "resource">): ApiResponse;
  /** Creates a pod that is bound to the node already. */
  createPod(name: string, spec: Partial<PodSpec>, metadata?: Partial<ObjectMeta>): Frozen<Pod>;
  deletePod(name: string, gracePeriodSeconds?: number): void;
  pod(name: string): Frozen<Pod> | undefined;
  node(): Frozen<Node> | undefined;
  lease(): Frozen<Lease> | undefined;
  events(): Frozen<Event>[];
  /** Cuts the kubelet off from the API server; the result ends it. */
  cutOff(): () => void;
  /** Makes the runtime slow, by up to a second a call; the result ends it. */
  slowDown(): () => void;
  /** Lets virtual time pass until the predicate holds. */
  until(predicate: () => boolean, withinMs?: number): boolean;
}

/** The address of the stage's kubelet. */
export const kubeletAddress = "node-1";
/** The address of the stage's client of streams. */
export const clientAddress = "client";

/** What a stage differs in. */
export interface KubeletStageOptions {
  readonly seed?: number;
  readonly images?: Readonly<Record<string, ImageBehaviour>>;
  readonly input?: Partial<KubeletInput>;
  /** Manifests by the names of their files; with any, the kubelet looks for more. */
  readonly manifests?: Readonly<Record<string, string>>;
  /** What the computer below the kubelet does instead of what a real one does. Default: it is a real one. */
  readonly computer?: ComputerScript;
}

/** Sets the stage; the kubelet is registered and running. */
export function kubeletStage(options: KubeletStageOptions = {}): KubeletStage {
  const { seed = 1, images = {}, input = {}, computer } = options;
  const runtime = simulatedRuntime({ images });
  const below = computer ? testComputer(computer) : realComputer;
  const manifests = manifestsModel();
  for (const [file, text] of Object.entries(options.manifests ?? {})) manifests.write("node-1", file, text);
  const cast = { actors: [fakeApi, kubelet, below, testClient], devices: [runtime, manifests] };
  const simulation = createSimulation({ cast, seed });
  simulation.spawnNow({ name: "api", kind: "fakeApi", input: undefined });
  simulation.runUntil(() => simulation.dataOf("api") !== undefined, 1_000);
  const kubeletInput: KubeletInput = {
    ...{ node: "node-1", apiServers: ["api"], podCidr: "10.244.1.0/24", computer: computerAddress },
    ...(options.manifests ? { hasManifests: true } : {}),
    ...input,
  };
  const ofComputer: ComputerInput = {
    ...{ node: "node-1", nodeIps: ["192.168.0.1"], kubelet: kubeletAddress, routes: [], hosts: {} },
  };
  simulation.spawnNow({ name: computerAddress, kind: below.kind, input: ofComputer, restartsMax: 100 });
  simulation.spawnNow({ name: clientAddress, kind: "test_client", input: undefined });
  simulation.spawnNow({ name: kubeletAddress, kind: "kubelet", input: kubeletInput, restartsMax: 100 });
  const api = simulation.dataOf("api") as FakeApiData;

  const stage: KubeletStage = {
    simulation,
    runtime,
    api,
    manifests,
    client: () => simulation.dataOf(clientAddress) as TestClientData,
    ask: (request) =>
      simulation.askNow(
        "api",
        { type: "api.request", group: "", version: "v1", ...request } as ApiRequest,
        5_000,
      ) as ApiResponse,
    createPod(name, spec, metadata = {}) {
      const body = JSON.stringify({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name, namespace: "default", ...metadata },
        spec: { nodeName: "node-1", restartPolicy: "Always", terminationGracePeriodSeconds: 30, ...spec },
        status: { phase: "Pending", qosClass: "BestEffort" },
      });
      return JSON.parse(stage.ask({ verb: "create", resource: "pods", namespace: "default", body }).body) as Pod;
    },
    deletePod(name, gracePeriodSeconds) {
      const body = JSON.stringify({ gracePeriodSeconds });
      stage.ask({ verb: "delete", resource: "pods", namespace: "default", name, body });
    },
    pod: (name) => api.objects.get(`pods/default/${name}`) as Pod | undefined,
    node: () => api.objects.get("nodes//node-1") as Node | undefined,
    lease: () => api.objects.get("leases/kube-node-lease/node-1") as Lease | undefined,
    events: () => [...api.objects].filter(([key]) => key.startsWith("events/")).map(([, object]) => object as never),
    cutOff() {
      const parameters = { from: [kubeletAddress], to: ["api"] };
      return simulation.faults.begin({ kind: "partition", parameters });
    },
    slowDown() {
      const parameters = { actor: computerAddress, device: "cri", delayMsMax: 1_000 };
      return simulation.faults.begin({ kind: "slowDevice", parameters });
    },
    until: (predicate, withinMs = 60_000) => simulation.runUntil(predicate, simulation.uptimeMs() + withinMs),
  };
  stage.until(() => simulation.report(kubeletAddress)?.phase.startsWith("running") ?? false);
  return stage;
}
