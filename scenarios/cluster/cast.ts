import { apiserver } from "../../actors/apiserver/definition.ts";
import { withPodsSide } from "../../actors/apiserver/pods_side/pods_side_device.ts";
import { cloud } from "../../actors/cloud/definition.ts";
import { computer } from "../../actors/computer/definition.ts";
import { type ManifestsModel, manifestsModel } from "../../actors/computer/manifests_model_device.ts";
import { cloudController, cloudControllerManager } from "../../actors/controllers/cloud_definition.ts";
import { controller } from "../../actors/controllers/definition.ts";
import { controllerManager } from "../../actors/controllers/manager.ts";
import { type ContainerRuntime, containerRuntime } from "../../actors/cri/container_runtime_device.ts";
import type { ImageCatalogue } from "../../actors/cri/messages.ts";
import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";
import { memoryShelf } from "../../actors/cri/played/volume_shelf.ts";
import type { RuntimeEvent } from "../../actors/cri/runtime_event.ts";
import { dns } from "../../actors/dns/definition.ts";
import { type DnsSocketModel, dnsSocketModel } from "../../actors/dns/socket_model_device.ts";
import { draDriver } from "../../actors/dra_driver/definition.ts";
import { etcd } from "../../actors/etcd/definition.ts";
import { outsideStore } from "../../actors/etcd/outside/definition.ts";
import { gateway } from "../../actors/gateway/definition.ts";
import { kubeProxy } from "../../actors/kube_proxy/definition.ts";
import { kubelet } from "../../actors/kubelet/definition.ts";
import { scheduler } from "../../actors/scheduler/definition.ts";
import { signing } from "../../actors/signing/signing_device.ts";
import { storage } from "../../actors/storage/storage_device.ts";
import { store } from "../../actors/store/definition.ts";
import { newStoreDisk } from "../../actors/store/member.ts";
import type { ActorDefinition } from "../../runtime/core/actor.ts";
import { type DiskModel, type DiskModelOptions, diskModel } from "../../runtime/devices/disk_model.ts";
import { httpsClientModel } from "../../runtime/devices/https_client_model.ts";
import { type NetModel, netModel } from "../../runtime/devices/net_model.ts";
import { type TcpModel, tcpModel } from "../../runtime/devices/tcp_model.ts";
import type { Cast } from "../../runtime/hosts/host.ts";
import { isStore } from "./topology.ts";

/** Every component of a cluster. */
export const components: readonly ActorDefinition[] = [
  store,
  apiserver,
  controllerManager,
  controller,
  scheduler,
  computer,
  kubelet,
  kubeProxy,
  draDriver,
  dns,
  gateway,
  cloud,
  cloudControllerManager,
  cloudController,
  etcd,
  outsideStore,
];

/** The cluster's cast for one simulation, and its devices as a test may look into them. */
export interface ModelCast extends Cast {
  readonly disk: DiskModel;
  readonly net: NetModel;
  readonly cri: ContainerRuntime;
  readonly dnsSocket: DnsSocketModel;
  readonly tcp: TcpModel;
  readonly manifests: ManifestsModel;
}

/** What the models of a simulation are made of. */
export interface ModelCastOptions {
  readonly images?: ImageCatalogue;
  /** Images that are modules, read before. Default: there are none. */
  readonly modules?: ModuleImages;
  /** Who watches what happens in the containers of all nodes. Default: nobody. */
  readonly observe?: (event: RuntimeEvent) => void;
  readonly disk?: DiskModelOptions;
}

/** The cluster's cast with fresh model devices: a simulation needs one of its own. */
export function modelCast({ images, modules, observe, disk: diskOptions }: ModelCastOptions = {}): ModelCast {
  const shelf = memoryShelf();
  const devices = {
    disk: diskModel({ initial: (address) => (isStore(address) ? newStoreDisk(address) : {}), ...diskOptions }),
    net: netModel(),
    cri: containerRuntime({ ...images, modules, observe, shelf }),
    dnsSocket: dnsSocketModel(),
    tcp: tcpModel(),
    manifests: manifestsModel(),
    signing: signing(),
    storage: storage(shelf, observe),
    https: httpsClientModel(),
  };
  const carried = { ...devices, net: withPodsSide(devices.net) };
  return { actors: components, devices: Object.values(carried), ...devices };
}
