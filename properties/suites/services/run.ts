import type { SuiteRun } from "../../engine/suite.ts";
import type { ModelDeed, ModelLapse } from "../model/messages.ts";

/** A run of kube-proxies, each with its computer, and of a DNS server before a modelled API, as data. */
export interface ServicesRun extends SuiteRun {
  readonly suite: "services";
  readonly workload: readonly ModelDeed[];
  readonly lapses: readonly ModelLapse[];
  /** How many nodes there are. */
  readonly nodes: number;
}

/** The addresses of a node that pods come to, and of the node itself. */
export const podIpOn = (node: number, last: number): string => `10.244.${node}.${last}`;
export const nodeIpOf = (node: number): string => `172.18.1.${node + 1}`;
export const nodeIpv6Of = (node: number): string => `fd00:172:18:1::${node + 1}`;
