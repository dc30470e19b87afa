import type { Address, TcpMessage } from "../../runtime/mod.ts";
import type { ComponentMessage } from "../client/component.ts";
import type { BalancersAre } from "../cloud/messages.ts";
import type { IpFamily } from "../kit/ip_number.ts";
import type { Packet } from "../network/packet.ts";
import type { Route } from "../network/routes.ts";

/** The input of a gateway. */
export interface GatewayInput {
  readonly apiServers: readonly Address[];
  /** The gateway's own IPs in the network of the nodes, one of each family: what comes from outside comes from there. */
  readonly ips: readonly string[];
  /** Where the computers are. */
  readonly routes: readonly Route[];
  /** Where the outside finds the node ports of Services of a family. Default: of such they are not opened. */
  readonly listenHosts: Readonly<Partial<Record<IpFamily, string>>>;
  /** Providers whose load balancers this gateway opens to the outside. Default: none. */
  readonly clouds?: readonly Address[];
  /** A node that has not taken a connection by then is passed over for the next. Default 1,000. */
  readonly connectMs?: number;
  /** So many nodes are tried for a connection in one round. Default 8. */
  readonly nodesTriedMax?: number;
  /** For so long nodes are tried again when none takes a connection: rules may be on their way to them. Default 1,500. */
  readonly patienceMs?: number;
  /** A port that could not be opened is tried again so often. Default 5,000. */
  readonly retryMs?: number;
}

/** All that a gateway takes. */
export type GatewayMessage = ComponentMessage | TcpMessage | Packet | BalancersAre;
