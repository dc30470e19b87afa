import type { TcpClient } from "../../runtime/devices/tcp_client.ts";
import type { FreeHost } from "../../runtime/hosts/free/free_host.ts";
import type { Simulation } from "../../runtime/hosts/simulation/simulation.ts";
import type { ClusterAccess, DialTarget, EtcdAccess } from "./create_cluster.ts";
import type { Endpoint } from "./front_door.ts";
import type { ChildSpecOptions } from "./topology.ts";

/** A host, and how time passes in it. */
export interface MadeHost {
  readonly host: FreeHost | Simulation;
  readonly specOptions: ChildSpecOptions;
  readonly access?: ClusterAccess;
  readonly etcd?: EtcdAccess;
  readonly registry?: Endpoint;
  /** What is said when a majority of the store has lost its disks. */
  lossAdvice(): Promise<string>;
  uptimeMs(): number;
  nowMs(): number;
  startedAtMs(): number;
  dial(to: DialTarget): TcpClient;
  wait(ms: number): Promise<void>;
}
