import { registry } from "../../../actors/api/registry.ts";
import { apiserver } from "../../../actors/apiserver/definition.ts";
import type {
  ApiRequest,
  ApiResponse,
  ApiServerInput,
  KnownAddress,
  User,
  Verb,
} from "../../../actors/apiserver/messages.ts";
import { present } from "../../../actors/kit/present.ts";
import { signing } from "../../../actors/signing/signing_device.ts";
import { store } from "../../../actors/store/definition.ts";
import { newStoreDisk } from "../../../actors/store/member.ts";
import type { ActorDefinition } from "../../../runtime/core/actor.ts";
import type { DeviceDefinition } from "../../../runtime/devices/device.ts";
import { diskModel } from "../../../runtime/devices/disk_model.ts";
import { httpsClientModel } from "../../../runtime/devices/https_client_model.ts";
import { netModel } from "../../../runtime/devices/net_model.ts";
import type { ModelExchange } from "../../../runtime/devices/net_model_exchange.ts";
import type { ModelSocket, ModelSocketCall } from "../../../runtime/devices/net_model_socket.ts";
import type { Fault } from "../../../runtime/faults/fault.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type FakeOrder, fakeStore } from "./fake_store.ts";
import { type WatchBox, watchBox } from "./watch_box.ts";

/** How a lab is set up. */
export interface LabOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 1. */
  readonly servers?: number;
  /** How many replicas the real store has; 0: a store in memory that never fails by itself. Default 0. */
  readonly stores?: number;
  /** Adds to the input of every server. */
  readonly input?: Partial<ApiServerInput>;
  /** Who is somebody else than a kubelet or the lab's administrator. Default: nobody. */
  readonly components?: readonly KnownAddress[];
  /** Further actors that the simulation can start: the components under test. Default none. */
  readonly actors?: readonly ActorDefinition[];
  /** Further devices that they use. Default none. */
  readonly devices?: readonly DeviceDefinition[];
  /** Faults of the simulation. Default none. */
  readonly faults?: readonly Fault[];
}

/** A request in short. */
export interface LabRequest {
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly openTo?: string;
  readonly body?: object | string;
  readonly contentType?: NonNullable<ApiRequest["contentType"]>;
  /** How owners of fields are shown. Default: as clients are shown them. */
  readonly managedFields?: NonNullable<ApiRequest["managedFields"]>;
  /** Whom to act as. Default: the lab's administrator. */
  readonly user?: User;
  /** Which server is asked. Default 0. */
  readonly server?: number;
}

/** An answer, its body decoded. */
export interface LabAnswer {
  readonly code: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all kinds
  readonly body: any;
  readonly warnings: readonly string[];
}

/** An upgrade in short. Default: a WebSocket, asked for by somebody in `system:masters`. */
export interface LabUpgrade extends Pick<ModelSocketCall, "method" | "headers" | "upgrade"> {
  readonly peer?: LabHttp["peer"];
}

/** An HTTP request in short. */
export interface LabHttp {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For a body that is no text. */
  readonly bodyEncoding?: "base64";
  /** Default: in `system:masters`. */
  readonly peer?: { readonly commonName: string; readonly organizations: readonly string[] } | "none";
  /** Which server is asked. Default 0. */
  readonly server?: number;
}

/** API servers over a store in memory, in virtual time. */
export interface Lab {
  readonly simulation: Simulation;
  call(verb: Verb, plural: string, request?: LabRequest): LabAnswer;
  /** Opens a watch; what it is told is in the box. */
  watch(plural: string, request?: LabRequest): WatchBox;
  http(url: string, request?: LabHttp): ModelExchange;
  /** As `http`, before anything has happened. */
  begin(url: string, request?: LabHttp): ModelExchange;
  /** Asks for a WebSocket. */
  /** Asks for a WebSocket, or for another upgrade. */
  connect(url: string, protocols: readonly string[], more?: LabUpgrade): ModelSocket;
  order(order: Omit<FakeOrder, "type">): void;
  phase(server?: number): string;
}

export const admin: User = { name: "admin", groups: ["system:masters", "system:authenticated"] };
/** Kubelets are nodes here as elsewhere; whoever else lives in a lab is its administrator. */
const everybody: readonly KnownAddress[] = [
  { address: "node-*", user: { name: "system:node:node-*", groups: ["system:nodes", "system:authenticated"] } },
  ...["*", "*/*", "*/*/*"].map((address) => ({ address, user: admin })),
];
const port = 6_443;
const operator = { commonName: "admin", organizations: ["system:masters"] };

const defaultAccount: LabRequest = {
  namespace: "default",
  body: { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default" } },
};

/** Sets up a lab whose servers serve. */
export function createLab(options: LabOptions = {}): Lab {
  const { seed = 1, servers = 1, stores = 0, input = {}, actors = [], devices = [], faults = [] } = options;
  const components = [...(options.components ?? []), ...everybody];
  const net = netModel();
  const simulation = createSimulation({
    cast: {
      actors: [apiserver, store, fakeStore, watchBox, ...actors],
      devices: [
        ...[net, signing(), diskModel({ initial: (address) => newStoreDisk(address) })],
        ...(devices.some(({ name }) => name === "https") ? devices : [httpsClientModel(), ...devices]),
      ],
    },
    seed,
    faults,
  });
  const fake = "store";
  const members = stores === 0 ? [fake] : Array.from({ length: stores }, (_none, index) => `store-${index}`);
  if (stores === 0) simulation.spawnNow({ name: fake, kind: "fakeStore", input: {} });
  else for (const name of members) simulation.spawnNow({ name, kind: "store", input: { members }, restartsMax: 1_000 });
  const addresses: string[] = [];
  for (let index = 0; index < servers; index++) {
    const https = { host: "lab", port: port + index, key: "", cert: "", clientCa: "" };
    addresses.push(
      simulation.spawnNow({
        name: `apiserver-${index}`,
        kind: "apiserver",
        input: { stores: members, https, components, ...input },
      }),
    );
  }
  const phase = (server = 0) => simulation.report(addresses[server] ?? "")?.phase ?? "";
  if (!simulation.runUntil(() => addresses.every((_address, index) => phase(index) === "serving"), 20_000)) {
    throw new Error(`Cannot set up the lab: the servers are ${addresses.map((_a, index) => phase(index)).join(", ")}`);
  }
  // Pods have an account: elsewhere a controller makes it.
  simulation.askNow(addresses[0] ?? "", requestOf("create", "serviceaccounts", defaultAccount), 30_000);
  let boxes = 0;
  const begin: Lab["begin"] = (url, { peer = operator, server = 0, ...rest } = {}) =>
    net.call({ host: "lab", port: port + server, url, ...rest, ...(peer === "none" ? {} : { peer }) });
  return {
    simulation,
    phase,
    call(verb, plural, request = {}) {
      const to = addresses[request.server ?? 0] ?? "";
      const answer = simulation.askNow(to, requestOf(verb, plural, request), 30_000) as ApiResponse;
      return {
        code: answer.code,
        body: bodyOf(answer),
        warnings: answer.warnings ?? [],
      };
    },
    watch(plural, request = {}) {
      const server = addresses[request.server ?? 0] ?? "";
      const watch = { ...requestOf("watch", plural, request), watch: 1 };
      const address = simulation.spawnNow({
        name: `box-${++boxes}`,
        kind: "watchBox",
        input: { server, request: watch },
      });
      simulation.advance(50);
      return simulation.dataOf(address) as WatchBox;
    },
    http(url, request) {
      const exchange = begin(url, request);
      simulation.advance(50);
      return exchange;
    },
    begin,
    connect(url, protocols, { peer = operator, ...more } = {}) {
      const who = peer === "none" ? {} : { peer };
      const socket = net.connect({ host: "lab", port, url, protocols, ...more, ...who });
      simulation.advance(50);
      return socket;
    },
    order(order) {
      simulation.send(fake, { type: "fake.order", ...order } as FakeOrder);
      simulation.advance(5);
    },
  };
}

function requestOf(verb: Verb, plural: string, request: LabRequest): ApiRequest {
  const { user: impersonate, body, server: _server, ...rest } = request;
  const kind = registry.kinds.find((each) => each.plural === plural);
  return {
    type: "api.request",
    verb,
    group: kind?.group ?? "",
    version: kind?.version ?? "v1",
    resource: plural,
    ...present({ impersonate }),
    ...rest,
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  };
}

/** What a component reads in an answer; of a long list the items come beside the body. */
function bodyOf({ body, items, contentType }: ApiResponse) {
  if (body === "" || contentType === "text/plain") return body;
  const value = JSON.parse(body);
  return items ? { ...value, items: items.map((text) => JSON.parse(text)) } : value;
}

/** A pod to create. */
export function podNamed(name: string, more: { labels?: object; spec?: object } = {}): object {
  const spec = { containers: [{ name: "c", image: "web:1" }], ...more.spec };
  return { apiVersion: "v1", kind: "Pod", metadata: { name, labels: more.labels ?? {} }, spec };
}

/** A config map to create. */
export function configMapNamed(name: string, more: { labels?: object; data?: object } = {}): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels: more.labels ?? {} }, data: more.data ?? {} };
}

/** A deployment to create, by default of two pods. */
export function deploymentNamed(name: string, replicas = 2): object {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: "c", image: "web:1" }] } };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
}
