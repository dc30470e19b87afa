import type { ActorCard } from "../../runtime/core/actor.ts";
import type { FreeCast } from "../../runtime/hosts/free/free_cast.ts";

const loops = new URL("../../actors/controllers/definition.ts", import.meta.url).href;
const cloudLoops = new URL("../../actors/controllers/cloud_definition.ts", import.meta.url).href;

/** What the main thread of a free-running cluster knows of its components: their code is loaded by workers alone. */
const cards: readonly ActorCard[] = [
  {
    kind: "store",
    module: new URL("../../actors/store/definition.ts", import.meta.url).href,
    permissions: { read: ["."], write: ["."] },
  },
  {
    kind: "apiserver",
    module: new URL("../../actors/apiserver/definition.ts", import.meta.url).href,
    permissions: { net: ["*"] },
  },
  {
    kind: "controller_manager",
    module: new URL("../../actors/controllers/manager.ts", import.meta.url).href,
    permissions: {},
  },
  { kind: "controller", module: loops, permissions: {} },
  {
    kind: "scheduler",
    module: new URL("../../actors/scheduler/definition.ts", import.meta.url).href,
    permissions: {},
  },
  {
    kind: "computer",
    module: new URL("../../actors/computer/definition.ts", import.meta.url).href,
    permissions: {},
  },
  { kind: "kubelet", module: new URL("../../actors/kubelet/definition.ts", import.meta.url).href, permissions: {} },
  {
    kind: "kube_proxy",
    module: new URL("../../actors/kube_proxy/definition.ts", import.meta.url).href,
    permissions: {},
  },
  {
    kind: "dra_driver",
    module: new URL("../../actors/dra_driver/definition.ts", import.meta.url).href,
    permissions: {},
  },
  {
    kind: "dns",
    module: new URL("../../actors/dns/definition.ts", import.meta.url).href,
    permissions: { net: ["*"] },
  },
  {
    kind: "gateway",
    module: new URL("../../actors/gateway/definition.ts", import.meta.url).href,
    permissions: { net: ["127.0.0.1:30000-32767", "::1:30000-32767"] },
  },
  { kind: "cloud", module: new URL("../../actors/cloud/definition.ts", import.meta.url).href, permissions: {} },
  { kind: "cloud_controller_manager", module: cloudLoops, permissions: {} },
  { kind: "cloud_controller", module: cloudLoops, permissions: {} },
  {
    kind: "etcd",
    module: new URL("../../actors/etcd/definition.ts", import.meta.url).href,
    permissions: { net: ["*"] },
  },
  {
    kind: "outside_store",
    module: new URL("../../actors/etcd/outside/definition.ts", import.meta.url).href,
    permissions: { net: ["*"] },
  },
];

/** The cluster's cast with real devices, for hosts with real threads. */
export const cast: FreeCast = { actors: cards, devices: new URL("./devices.ts", import.meta.url).href };
