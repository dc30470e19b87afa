import type { ContainerdSettings } from "../../actors/cri/containerd/containerd_runtime.ts";
import type { ImageCatalogue } from "../../actors/cri/messages.ts";
import type { PreparedModules } from "../../actors/cri/modules/free_modules.ts";
import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";
import type { RealRuntime } from "../../actors/cri/real_runtime.ts";
import { socketNeeds } from "../../actors/dns/socket_rules.ts";
import { grpcNeeds } from "../../actors/etcd/grpc_rules.ts";
import { linkNeeds } from "../../actors/etcd/outside/link_rules.ts";
import type { SigningKeys } from "../../actors/signing/signing_device.ts";
import { diskNeeds } from "../../runtime/devices/disk_paths.ts";
import { httpsNeeds } from "../../runtime/devices/https_client_rules.ts";
import { netNeeds } from "../../runtime/devices/net_rules.ts";
import { tcpNeeds } from "../../runtime/devices/tcp_rules.ts";
import type { FreeDevice } from "../../runtime/hosts/free/free_cast.ts";

/** What each worker of a free-running cluster is told. */
export interface DeviceSettings {
  /** Below it, each store replica has its folder. */
  readonly diskFolder: string;
  /** Below it, each volume of claims has its folder. */
  readonly volumeFolder: string;
  /** The cluster's private keys. */
  readonly signingKeys: SigningKeys;
  readonly images?: ImageCatalogue;
  /** Where API servers write down what they are asked. Default: they do not. */
  readonly auditLog?: string;
  /** Folders of images that are modules, as they are asked. Default: there are none. */
  readonly modules?: readonly PreparedModules[];
  /** A container runtime of this machine, in which pods run for real. Default: there is none. */
  readonly containerd?: ContainerdSettings;
  /** The registry that images are pulled from, `HOST:PORT`, beside the folders. Default: there is none. */
  readonly registry?: string;
  /** A folder with one for each node in it, with the manifests of pods that it runs by itself. Default: nobody looks. */
  readonly staticPods?: string;
}

/** The real devices of a cluster: a worker loads those that its actors use, when they first do. */
export const devices = ({
  diskFolder,
  volumeFolder,
  signingKeys,
  images,
  modules = [],
  auditLog,
  containerd,
  registry,
  staticPods = "",
}: DeviceSettings): readonly FreeDevice[] => [
  {
    name: "disk",
    needs: diskNeeds,
    load: async () => (await import("../../runtime/devices/disk.ts")).disk(diskFolder),
  },
  {
    name: "net",
    needs: netNeeds,
    async load() {
      const [{ https }, { withPodsSide }] = await Promise.all([
        import("../../runtime/devices/https.ts"),
        import("../../actors/apiserver/pods_side/pods_side_device.ts"),
      ]);
      return withPodsSide(https);
    },
  },
  {
    name: "https",
    needs: httpsNeeds,
    load: async () => (await import("../../runtime/devices/https_client.ts")).httpsClient,
  },
  { name: "tcp", needs: tcpNeeds, load: async () => (await import("../../runtime/devices/tcp.ts")).tcp },
  {
    name: "dns_socket",
    needs: socketNeeds,
    load: async () => (await import("../../actors/dns/socket_device.ts")).dnsSocket,
  },
  {
    name: "grpc",
    needs: grpcNeeds,
    load: async () => (await import("../../actors/etcd/grpc_device.ts")).grpcDevice,
  },
  {
    name: "etcd_link",
    needs: linkNeeds,
    load: async () => (await import("../../actors/etcd/outside/link_device.ts")).linkDevice,
  },
  {
    name: "signing",
    needs: () => undefined,
    load: async () => (await import("../../actors/signing/signing_device.ts")).signing(signingKeys),
  },
  {
    name: "audit",
    needs: () => undefined,
    load: async () => (await import("../../runtime/devices/line_log.ts")).lineLog("audit", auditLog ?? "-"),
  },
  {
    name: "storage",
    needs: () => undefined,
    async load() {
      const [{ storage }, { folderShelf }] = await Promise.all([
        import("../../actors/storage/storage_device.ts"),
        import("../../actors/storage/folder_shelf_device.ts"),
      ]);
      return storage(folderShelf(volumeFolder));
    },
  },
  {
    name: "manifests",
    needs: () => undefined,
    load: async () => (await import("../../actors/computer/manifests_device.ts")).manifestFolders(staticPods),
  },
  {
    name: "cri",
    needs: () => undefined,
    async load() {
      const [{ containerRuntime }, { freeModules }, { imageSources }, { folderShelf }] = await Promise.all([
        import("../../actors/cri/container_runtime_device.ts"),
        import("../../actors/cri/modules/free_modules.ts"),
        import("./image_sources.ts"),
        import("../../actors/storage/folder_shelf_device.ts"),
      ]);
      const folders = modules.map(freeModules);
      const [first, ...others] = registry === undefined ? folders : await fromRegistry(folders, registry);
      const shelf = folderShelf(volumeFolder);
      const real = containerd && (await realRuntime(containerd, volumeFolder));
      return containerRuntime({ ...images, modules: first && imageSources([first, ...others]), shelf, real });
    },
  },
];

async function realRuntime(containerd: ContainerdSettings, volumeFolder: string): Promise<RealRuntime> {
  const [{ containerdRuntime }, { claimFolder }] = await Promise.all([
    import("../../actors/cri/containerd/containerd_runtime.ts"),
    import("../../actors/storage/folder_shelf_device.ts"),
  ]);
  return containerdRuntime(containerd, (handle) => claimFolder(volumeFolder, handle));
}

async function fromRegistry(folders: readonly ModuleImages[], registry: string): Promise<readonly ModuleImages[]> {
  const { withRegistry } = await import("../../actors/cri/modules/registry_images.ts");
  return folders.map((folder, index) => (index === 0 ? withRegistry(folder, registry) : folder));
}
