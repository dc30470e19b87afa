import type { EndpointSlice, Frozen, Service } from "../../actors/api/types.ts";
import type { DnsReply } from "../../actors/dns/messages.ts";
import { answerQuestion } from "../../actors/dns/records.ts";
import type { DnsData } from "../../actors/dns/server.ts";
import { dnsAddress } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const clusterDomain = "cluster.local";

/** Once the cluster is at rest, the name of every Service leads to just its cluster IP, or to its ready endpoints. */
export const dnsAnswersEqualEndpoints: Invariant = {
  name: "DNS answers equal the ready endpoints",
  watch: (world) => ({
    end: () => (world.definition.topology.dns ? difference(world) : undefined),
  }),
};

function difference(world: World): string | undefined {
  const data = world.simulation.dataOf(dnsAddress) as DnsData | undefined;
  if (!data) return "the DNS server is not there";
  const slices = world.list<EndpointSlice>("/registry/endpointslices/");
  const services = world.list<Service>("/registry/services/specs/");
  const known = [...data.zone.services()].length;
  if (known !== services.length) return `DNS knows ${known} Services, there are ${services.length}`;
  for (const service of services) {
    const name = `${service.metadata.name}.${service.metadata.namespace}.svc.${clusterDomain}`;
    const wanted = addressesOf(service, slices);
    const told = addressesIn(ask(data, name));
    if (told !== wanted.join()) return `${name} leads to [${told}], it ought to be [${wanted}]`;
  }
  return undefined;
}

/** Worked out from the objects themselves, one after the other: slow, and plainly right. */
function addressesOf({ metadata, spec }: Frozen<Service>, slices: readonly Frozen<EndpointSlice>[]): readonly string[] {
  if (spec.type === "ExternalName") return [];
  if (spec.clusterIP !== "None") return spec.clusterIP ? [spec.clusterIP] : [];
  const own = slices.filter(
    ({ metadata: { namespace, labels = {} } }) =>
      namespace === metadata.namespace && labels["kubernetes.io/service-name"] === metadata.name,
  );
  const ready = own
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => spec.publishNotReadyAddresses === true || conditions?.ready !== false);
  return [...new Set(ready.flatMap(({ addresses }) => addresses))].sort();
}

function ask({ zone, settings, serial }: DnsData, name: string): DnsReply {
  const options = { ...settings, nameServerIp: settings.clusterIp, serial, int: () => 0 };
  return answerQuestion(zone, { name, type: "A" }, options).reply;
}

function addressesIn({ answers }: DnsReply): string {
  return answers
    .filter(({ type }) => type === "A")
    .map(({ data }) => data as string)
    .sort()
    .join();
}
