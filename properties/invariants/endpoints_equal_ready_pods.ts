import { isPodReady, isPodTerminated } from "../../actors/api/pod.ts";
import type { Endpoint, EndpointSlice, Endpoints, Frozen, Pod, Service } from "../../actors/api/types.ts";
import type { Invariant } from "../engine/invariant.ts";
import type { World } from "../engine/world.ts";

/** At rest, EndpointSlices and Endpoints tell of each Service's pods: every one once, ready as it is, and no other. */
export const endpointsEqualReadyPods: Invariant = {
  name: "endpoints equal the ready pods",
  watch: (world) => ({
    end() {
      // A cluster may do without: then nobody has promised anything.
      const { loops } = world.definition.topology;
      const slicesBySource = grouped(world.list<EndpointSlice>("/registry/endpointslices/"));
      for (const service of world.list<Service>("/registry/services/specs/")) {
        const { selector, type } = service.spec ?? {};
        if (!selector || Object.keys(selector).length === 0 || type === "ExternalName") continue;
        const key = `${service.metadata.namespace}/${service.metadata.name}`;
        const pods = selected(world, service);
        const wrong =
          (!loops || loops.includes("endpoint-slice")
            ? wrongSlices(service, pods, slicesBySource.get(key) ?? [])
            : undefined) ?? (!loops || loops.includes("endpoints") ? wrongEndpoints(world, service, pods) : undefined);
        if (wrong) return `Service ${key}: ${wrong}`;
      }
      return undefined;
    },
  }),
};

function grouped(slices: readonly Frozen<EndpointSlice>[]): ReadonlyMap<string, Frozen<EndpointSlice>[]> {
  const groups = new Map<string, Frozen<EndpointSlice>[]>();
  for (const each of slices) {
    const { "kubernetes.io/service-name": name, "endpointslice.kubernetes.io/managed-by": by } =
      each.metadata.labels ?? {};
    if (by !== "endpointslice-controller.k8s.io") continue;
    const key = `${each.metadata.namespace}/${name}`;
    const group = groups.get(key);
    if (group) group.push(each);
    else groups.set(key, [each]);
  }
  return groups;
}

function selected(world: World, { metadata, spec }: Frozen<Service>): readonly Frozen<Pod>[] {
  const wanted = Object.entries(spec.selector ?? {});
  return world
    .list<Pod>("/registry/pods/")
    .filter(
      (pod) =>
        pod.metadata.namespace === metadata.namespace &&
        wanted.every(([label, value]) => pod.metadata.labels?.[label] === value) &&
        !isPodTerminated(pod) &&
        Boolean(pod.status.podIP),
    );
}

const words = ["ready", "serving", "terminating"] as const;

function wrongSlices(
  { spec }: Frozen<Service>,
  pods: readonly Frozen<Pod>[],
  slices: readonly Frozen<EndpointSlice>[],
): string | undefined {
  const told = slices.flatMap(({ endpoints, addressType }) =>
    (endpoints ?? []).map(({ addresses, conditions }) =>
      line(`${markOf(addressType)}${addresses.join("+")}`, conditions),
    ),
  );
  const wanted = pods.flatMap((pod) => {
    const serving = isPodReady(pod);
    const terminating = pod.metadata.deletionTimestamp !== undefined;
    const ready = spec.publishNotReadyAddresses === true || (serving && !terminating);
    return (spec.ipFamilies ?? ["IPv4"]).flatMap((family) =>
      ipsOf(pod, family).map((ip) => line(`${markOf(family)}${ip}`, { ready, serving, terminating })),
    );
  });
  const odd = slices.find((slice) => slice.endpoints?.length && portsIn(slice) !== portsIn(asWanted(spec)));
  if (odd) return `EndpointSlice ${odd.metadata.name} has the ports ${portsIn(odd)}, not ${portsIn(asWanted(spec))}`;
  const full = slices.find(({ endpoints }) => (endpoints ?? []).length > 100);
  if (full) return `EndpointSlice ${full.metadata.name} has more than a hundred endpoints`;
  return difference(wanted, told);
}

type Ports = Pick<Frozen<EndpointSlice>, "ports">;

/** The ports that a Service's slices are to have: in runs the pods give no port a name. */
function asWanted({ ports = [] }: Frozen<Service>["spec"]): Ports {
  return {
    ports: ports.map(({ name = "", port, targetPort = port, protocol = "TCP" }) => {
      return { name, protocol, port: Number(targetPort) };
    }),
  };
}

function portsIn({ ports = [] }: Ports): string {
  return ports
    .map(({ name = "", port = 0, protocol = "TCP" }) => `${name}/${protocol}/${port}`)
    .sort()
    .join();
}

/** Of which family an endpoint is told, where it is not the usual one. */
function markOf(family: string): string {
  return family === "IPv4" ? "" : `${family} `;
}

function ipsOf({ status }: Frozen<Pod>, family: string | undefined): readonly string[] {
  const ips = (status.podIPs ?? [{ ip: status.podIP }]).flatMap(({ ip }) => ip ?? []);
  return ips.filter((ip) => ip.includes(":") === (family === "IPv6"));
}

function line(ip: string, conditions: Frozen<Endpoint["conditions"]> | undefined): string {
  return [ip, ...words.filter((word) => conditions?.[word])].join(" ");
}

function wrongEndpoints(
  world: World,
  { metadata, spec }: Frozen<Service>,
  pods: readonly Frozen<Pod>[],
): string | undefined {
  const publishesAll = spec.publishNotReadyAddresses === true;
  const wanted = pods
    .filter((pod) => publishesAll || pod.metadata.deletionTimestamp === undefined)
    // Those of the family that leads.
    .flatMap((pod) =>
      ipsOf(pod, spec.ipFamilies?.[0]).map((ip) => `${ip}${publishesAll || isPodReady(pod) ? " ready" : ""}`),
    );
  const object = world.get<Endpoints>(`/registry/services/endpoints/${metadata.namespace}/${metadata.name}`);
  if (!object) return "its Endpoints are not there";
  const told = (object.subsets ?? []).flatMap(({ addresses = [], notReadyAddresses = [] }) => [
    ...addresses.map(({ ip }) => `${ip} ready`),
    ...notReadyAddresses.map(({ ip }) => ip),
  ]);
  return difference(wanted, told);
}

function difference(wanted: readonly string[], told: readonly string[]): string | undefined {
  const [is, says] = [[...wanted].sort().join(", "), [...told].sort().join(", ")];
  return is === says ? undefined : `its pods are [${is}], its endpoints say [${says}]`;
}
