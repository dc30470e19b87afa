import type { ComputerInput } from "../../actors/computer/messages.ts";
import type { ChildSpec } from "../../runtime/mod.ts";
import { childSpecs } from "../../scenarios/cluster/child_specs.ts";
import { admin } from "../../scenarios/cluster/identities.ts";
import { networkPlan } from "../../scenarios/cluster/network_plan.ts";
import {
  apiServerAddresses,
  computerAddress,
  storeAddresses,
  type Topology,
} from "../../scenarios/cluster/topology.ts";
import { traffic } from "../traffic/client.ts";
import type { TrafficInput } from "../traffic/client_data.ts";
import { trafficAddress, trafficIp, trafficIpv6 } from "../traffic/traffic_plan.ts";
import { type ApiProbeInput, apiProbe } from "../workload/api_probe.ts";
import { type ApiReaderInput, apiReader, readerAddresses } from "../workload/api_reader.ts";
import { driver } from "../workload/driver.ts";
import { probeAddresses } from "../workload/probe.ts";
import { type StoreProbeInput, storeProbe } from "../workload/store_probe.ts";
import type { RunDefinition } from "./run_definition.ts";

/** The address of the user who does the work of a run. */
export const driverAddress = "driver";

/** All who live in a run, in the order in which they start: the cluster, its user, and who looks whether it holds. */
export function runSpecs(definition: RunDefinition): readonly ChildSpec[] {
  const { topology, workload } = definition;
  const input = { servers: apiServerAddresses(topology), commands: workload };
  const user = { name: driverAddress, kind: driver.kind, input };
  const specs = [...clusterSpecs(definition), user, ...probeSpecs(definition), ...trafficSpecs(definition)];
  return [...specs, ...readerSpecs(definition)];
}

/** Computers know where the client is that traffic comes from. */
function clusterSpecs({ topology, traffic: plan }: RunDefinition): readonly ChildSpec[] {
  const clients = [driverAddress, ...probeAddresses, ...readerAddresses].map((address) => ({ address, user: admin }));
  const specs = childSpecs(topology, { clients });
  if (!plan) return specs;
  return specs.map((spec) => {
    if (spec.kind !== "computer") return spec;
    const input = spec.input as ComputerInput;
    return { ...spec, input: { ...input, hosts: { ...input.hosts, [trafficIpOf(topology)]: trafficAddress } } };
  });
}

/** Of the family that leads in the cluster. */
function trafficIpOf(topology: Topology): string {
  return networkPlan(topology).families[0] === "IPv6" ? trafficIpv6 : trafficIp;
}

function trafficSpecs({ topology, traffic: plan }: RunDefinition): readonly ChildSpec[] {
  if (!plan) return [];
  const { nodeIps } = networkPlan(topology);
  const nodes = Array.from({ length: topology.nodes }, (_each, index) => {
    return { ip: nodeIps(index)[0] ?? "", computer: computerAddress(index) };
  });
  const input: TrafficInput = { ip: trafficIpOf(topology), nodes, requests: plan.requests };
  return [{ name: trafficAddress, kind: traffic.kind, input }];
}

function readerSpecs({ topology, readers = false }: RunDefinition): readonly ChildSpec[] {
  const input: ApiReaderInput = { servers: apiServerAddresses(topology) };
  return readers ? readerAddresses.map((name) => ({ name, kind: apiReader.kind, input })) : [];
}

/** Two, so that they meet. */
function probeSpecs({ probes, topology }: RunDefinition): readonly ChildSpec[] {
  const names = probeAddresses;
  if (probes === "store") {
    const input: StoreProbeInput = { members: storeAddresses(topology) };
    return names.map((name) => ({ name, kind: storeProbe.kind, input }));
  }
  const input: ApiProbeInput = { servers: apiServerAddresses(topology) };
  return probes === "api" ? names.map((name) => ({ name, kind: apiProbe.kind, input })) : [];
}
