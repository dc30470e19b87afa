import { cloudDriver } from "../../storage/messages.ts";
import type { CloudPlace } from "../loop.ts";

/** The volumes of one provider: who rents them out, and the driver that has them in the cluster. */
export interface CloudDisks {
  readonly cloud: CloudPlace;
  readonly driver: string;
}

/** The volumes of all of a cluster's providers that have some. */
export function disksOf(clouds: readonly CloudPlace[]): readonly CloudDisks[] {
  return clouds.flatMap((cloud) => (cloud.volumeClass ? [{ cloud, driver: cloudDriver(cloud.name) }] : []));
}

/** What a driver says that has failed with these words of its provider. */
export const driverWords = (message: string): string => `rpc error: code = Internal desc = ${message}`;
