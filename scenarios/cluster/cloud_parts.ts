import type { Provider } from "../../actors/cloud/provider.ts";
import { all as providers } from "../../actors/cloud/providers/all.ts";
import type { CloudPlace } from "../../actors/controllers/loop.ts";
import { present } from "../../actors/kit/present.ts";
import type { VolumeDriver } from "../../actors/kubelet/messages.ts";
import { cloudDriver } from "../../actors/storage/messages.ts";
import { type CloudPool, cloudAddress } from "./topology.ts";

/** Where a provider is asked, and what is known of it without asking. */
export function cloudPlaceOf({ provider: name }: CloudPool): CloudPlace {
  const { volumeClass, zones } = providers.find((each) => each.name === name) ?? {};
  return present({ name, address: cloudAddress(name), volumeClass, zones });
}

/** The driver of a provider's volumes, as its nodes have it. */
export function volumeDriver({ name, attachMax }: Provider): VolumeDriver {
  return { name: cloudDriver(name), topologyKeys: ["topology.kubernetes.io/zone"], attachMax };
}
