import type { EndpointSlice, Frozen, KubeObject, Service } from "../../actors/api/types.ts";
import type { DnsQuestion, DnsReply } from "../../actors/dns/messages.ts";
import { answerQuestion } from "../../actors/dns/records.ts";
import type { DnsData } from "../../actors/dns/server.ts";
import { isIpv4, reverseName } from "../../actors/network/ip.ts";
import { dnsAddress } from "../../scenarios/cluster/topology.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

const clusterDomain = "cluster.local";
const [servicesPrefix, slicesPrefix] = ["/registry/services/specs/", "/registry/endpointslices/"];

/**
 * Once the cluster is at rest, the name of every Service leads to just its cluster IP, or to its ready endpoints, and
 * the names of its ports to just these; and every address that was ever one of these leads back to just the names that it has now.
 */
export const dnsAnswersEqualEndpoints: Invariant = {
  name: "DNS answers equal the ready endpoints",
  watch(world) {
    const addresses = new Set<string>();
    return {
      commit({ key, object }) {
        if (object)
          for (const each of addressesAt(key, object)) if (each !== "" && each !== "None") addresses.add(each);
        return undefined;
      },
      end: () => (world.definition.topology.dns ? difference(world, addresses) : undefined),
    };
  },
};

/** The addresses of a Service, or of its endpoints. */
function addressesAt(key: string, object: Frozen<KubeObject>): readonly string[] {
  if (key.startsWith(servicesPrefix)) return (object as Frozen<Service>).spec.clusterIPs ?? [];
  if (!key.startsWith(slicesPrefix)) return [];
  return ((object as Frozen<EndpointSlice>).endpoints ?? []).flatMap((each) => each.addresses);
}

function difference(world: World, addresses: Iterable<string>): string | undefined {
  const data = world.simulation.dataOf(dnsAddress) as DnsData | undefined;
  if (!data) return "the DNS server is not there";
  const slices = world.list<EndpointSlice>(slicesPrefix);
  const services = world.list<Service>(servicesPrefix);
  const known = [...data.zone.services()].length;
  if (known !== services.length) return `DNS knows ${known} Services, there are ${services.length}`;
  for (const service of services) {
    const name = `${service.metadata.name}.${service.metadata.namespace}.svc.${clusterDomain}`;
    const all = addressesOf(service, slices);
    for (const type of ["A", "AAAA"]) {
      const wanted = all.filter((ip) => isIpv4(ip) === (type === "A"));
      const reply = ask(data, { name, type });
      const told = recordsIn(reply);
      if (told !== wanted.join()) return `${name} leads to [${told}], it ought to be [${wanted}] (${type})`;
      // Who is there with addresses of the other family only is there all the same.
      if (all.length > 0 && reply.rcode !== "NOERROR") return `${name} is said not to be there: ${reply.rcode}`;
    }
    const wrong = wrongPorts(data, service, name);
    if (wrong) return wrong;
  }
  for (const ip of addresses) {
    const name = reverseName(ip) ?? "";
    const wanted = namesOf(ip, services, slices);
    const told = recordsIn(ask(data, { name, type: "PTR" }));
    if (told !== wanted.join()) return `${ip} leads back to [${told}], it ought to be [${wanted}]`;
  }
  return undefined;
}

/** A port of a name is found by it, where the Service has an address of its own: clients look there for its number. */
function wrongPorts(data: DnsData, { spec }: Frozen<Service>, name: string): string | undefined {
  if (spec.type === "ExternalName" || spec.clusterIP === "None") return undefined;
  for (const { name: port = "", protocol = "TCP", port: number } of spec.ports ?? []) {
    if (port === "") continue;
    const asked = `_${port}._${protocol.toLowerCase()}.${name}`;
    const { answers } = ask(data, { name: asked, type: "SRV" });
    const told = answers.flatMap((each) => (each.type === "SRV" ? [each.data.port] : []));
    if (told.join() !== String(number)) return `${asked} is at [${told.join()}], it ought to be ${number}`;
  }
  return undefined;
}

/** The name of the Service that has the address, or else the names of all endpoints that are there. */
function namesOf(
  ip: string,
  services: readonly Frozen<Service>[],
  slices: readonly Frozen<EndpointSlice>[],
): readonly string[] {
  const suffix = ({ metadata }: Frozen<Service>) => `${metadata.name}.${metadata.namespace}.svc.${clusterDomain}`;
  const holder = services.find(({ spec }) => spec.clusterIPs?.includes(ip));
  if (holder) return [suffix(holder)];
  const names = services.flatMap((service) =>
    readyEndpoints(service, slices)
      .filter(({ addresses }) => addresses.includes(ip))
      .map(({ hostname }) => `${hostname?.toLowerCase() || ip.replaceAll(/[.:]/g, "-")}.${suffix(service)}`),
  );
  return [...new Set(names)].sort();
}

/** Worked out from the objects themselves, one after the other: slow, and plainly right. */
function addressesOf({ metadata, spec }: Frozen<Service>, slices: readonly Frozen<EndpointSlice>[]): readonly string[] {
  if (spec.type === "ExternalName") return [];
  if (spec.clusterIP !== "None") return [...(spec.clusterIPs ?? [])].sort();
  const ready = readyEndpoints({ metadata, spec }, slices);
  return [...new Set(ready.flatMap(({ addresses }) => addresses))].sort();
}

function readyEndpoints(
  { metadata, spec }: Pick<Frozen<Service>, "metadata" | "spec">,
  slices: readonly Frozen<EndpointSlice>[],
) {
  return slices
    .filter(
      ({ metadata: { namespace, labels = {} } }) =>
        namespace === metadata.namespace && labels["kubernetes.io/service-name"] === metadata.name,
    )
    .flatMap(({ endpoints = [] }) => endpoints)
    .filter(({ conditions }) => spec.publishNotReadyAddresses === true || conditions?.ready !== false);
}

function ask({ zone, settings, serial }: DnsData, question: DnsQuestion): DnsReply {
  const options = { ...settings, nameServerIps: settings.clusterIps, serial, int: () => 0 };
  return answerQuestion(zone, question, options).reply;
}

function recordsIn({ answers }: DnsReply): string {
  return answers
    .filter(({ type }) => type === "A" || type === "AAAA" || type === "PTR")
    .map(({ data }) => data as string)
    .sort()
    .join();
}
