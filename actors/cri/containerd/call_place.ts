import type { CriAnswer, CriName, CriRequest } from "../messages.ts";
import type { RuntimeNode } from "../runtime_node.ts";
import type { CriClient } from "./cri_client.ts";
import type { Ownership } from "./given_config.ts";
import type { HeldPods } from "./held_pods.ts";
import type { PodGate } from "./pod_gate.ts";
import type { RealNetwork } from "./real_network.ts";
import type { RealVolumes } from "./real_volumes.ts";

/** What carries out the calls of a node. */
export interface CallPlace {
  readonly node: RuntimeNode;
  readonly client: CriClient;
  readonly owner: Ownership;
  readonly pods: HeldPods;
  readonly network: RealNetwork;
  /** Undefined: its pods reach what the machine reaches, and nothing of the cluster. */
  readonly gate: PodGate | undefined;
  readonly volumes: RealVolumes;
}

/** Carries a call out. */
export type Carry<Name extends CriName> = (request: CriRequest<Name>) => Promise<CriAnswer<Name>>;

/** Some of the calls. */
export type Carried<Names extends CriName> = { readonly [Name in Names]: Carry<Name> };
