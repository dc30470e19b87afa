import type { DnsQuery, DnsRecord, DnsReply } from "../../../actors/dns/messages.ts";
import type { DnsData } from "../../../actors/dns/server.ts";
import { createSimulation, type Simulation } from "../../../runtime/hosts/simulation/simulation.ts";
import { type AskApi, apiAccess } from "../../../scenarios/cluster/api_access.ts";
import { type ModelCast, modelCast } from "../../../scenarios/cluster/cast.ts";
import { childSpecs } from "../../../scenarios/cluster/child_specs.ts";
import { apiServerAddresses, dnsAddress, type Topology } from "../../../scenarios/cluster/topology.ts";

/** A simulated control plane with a DNS server. */
export interface DnsLab {
  readonly simulation: Simulation;
  readonly cast: ModelCast;
  readonly api: AskApi;
  /** Asks as another actor does. */
  query(name: string, type?: string): DnsReply;
  /** The data of the answers, sorted. */
  answers(name: string, type?: string): readonly unknown[];
  data(): DnsData;
  /** Lets time pass until the predicate holds, looked at every 50 ms. */
  until(predicate: () => boolean, withinMs?: number): boolean;
  create(resource: string, body: object, group?: string): Promise<number>;
}

/** How the lab is set up. */
export interface DnsLabOptions {
  readonly topology?: Partial<Topology>;
  /** Where the server listens in the virtual network. Default: nowhere. */
  readonly port?: number;
}

/** Sets up the lab; names are served when it is returned. */
export function createDnsLab({ topology: given = {}, port }: DnsLabOptions = {}): DnsLab {
  const topology: Topology = { nodes: 0, stores: 1, apiservers: 1, managers: 0, schedulers: 0, dns: true, ...given };
  const cast = modelCast();
  const simulation = createSimulation({ cast, seed: 1 });
  const socket = port === undefined ? {} : { dnsSocket: { host: "127.0.0.1", port } };
  for (const spec of childSpecs(topology, socket)) simulation.spawnNow(spec);
  const query = (name: string, type = "A") => {
    const body: DnsQuery = { type: "dns.query", question: { name, type } };
    return simulation.askNow(dnsAddress, body, 5_000) as DnsReply;
  };
  const until = (predicate: () => boolean, withinMs = 30_000) => {
    for (let waitedMs = 0; waitedMs < withinMs; waitedMs += 50) {
      if (predicate()) return true;
      simulation.advance(50);
    }
    return predicate();
  };
  const api = apiAccess(simulation, apiServerAddresses(topology));
  const lab: DnsLab = {
    simulation,
    cast,
    api,
    query,
    answers: (name, type) =>
      query(name, type)
        .answers.map(({ data }: DnsRecord) => data)
        .sort(),
    data: () => simulation.dataOf(dnsAddress) as DnsData,
    until,
    async create(resource, body, group = "") {
      const { metadata } = body as { readonly metadata: { readonly namespace?: string } };
      const namespace = metadata.namespace ?? "default";
      const { code } = await api({ verb: "create", group, resource, namespace, body });
      return code;
    },
  };
  if (!until(() => simulation.report(dnsAddress)?.phase === "serving.open"))
    throw new Error("The DNS server does not serve");
  return lab;
}
