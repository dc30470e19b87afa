import type { ModuleImages } from "../../actors/cri/modules/module_images.ts";
import { simulatedModules } from "../../actors/cri/modules/simulated_modules.ts";
import { createSimulation } from "../../runtime/hosts/simulation/simulation.ts";
import { modelCast } from "./cast.ts";
import type { ClusterOptions } from "./create_cluster.ts";
import { imageFolders } from "./image_folder.ts";
import { imageSources } from "./image_sources.ts";
import { InputError } from "./input_error.ts";
import type { MadeHost } from "./made_host.ts";
import { loopback, type Topology } from "./topology.ts";

/** What the clocks of a simulated cluster show when it starts. */
const virtualStartMs = Date.UTC(2026, 0, 1);

/** Makes the simulation that a cluster lives in. */
export async function simulatedHost(options: ClusterOptions, topology: Topology): Promise<MadeHost> {
  const { dataDir, port, dnsPort, registryPort, seed = 1, imageFolder } = options;
  const { images, modules: isCode = false } = topology;
  if (dataDir !== undefined || port !== undefined || dnsPort !== undefined) {
    throw new InputError("Cannot simulate a cluster with a data directory or a port: use the host thread or pool");
  }
  if (registryPort !== undefined) {
    throw new InputError("Cannot simulate a cluster with a registry: it is no part of it, use the host thread or pool");
  }
  if (options.staticPods !== undefined) {
    throw new InputError("Cannot simulate a cluster with a folder of manifests: use the host thread or pool");
  }
  if (topology.realRuntime) {
    throw new InputError(
      "Cannot simulate a cluster with a real container runtime: its containers know no virtual time, use the host thread or pool",
    );
  }
  const modules = isCode ? await modulesOf(imageFolders(imageFolder)) : undefined;
  const cast = modelCast({ ...(images ? { images } : {}), ...(modules ? { modules } : {}) });
  const host = createSimulation({ cast, seed, startMs: virtualStartMs });
  return {
    host,
    specOptions: {},
    lossAdvice: async () => "Cannot start the store: a majority of its replicas has lost their disks",
    uptimeMs: host.uptimeMs,
    nowMs: () => virtualStartMs + Math.floor(host.uptimeMs()),
    startedAtMs: () => 0,
    dial: (to) => cast.tcp.connect(to.host ?? loopback, to.port),
    wait: async (ms) => host.advance(ms),
  };
}

async function modulesOf([first, ...others]: readonly [string, ...string[]]): Promise<ModuleImages> {
  const [own, ...rest] = await Promise.all([simulatedModules(first), ...others.map((each) => simulatedModules(each))]);
  return imageSources([own, ...rest]);
}
