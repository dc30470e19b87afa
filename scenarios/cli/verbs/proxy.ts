import type { Command } from "commander";
import type { EndpointSlice, KubeList, Node, Service } from "../../../actors/api/types.ts";
import { createChangeTracker } from "../../../actors/kube_proxy/change_tracker.ts";
import { printIptables } from "../../../actors/kube_proxy/iptables_save.ts";
import { InputError } from "../../cluster/input_error.ts";
import { type KubeconfigClient, kubeconfigClient } from "../../cluster/kubeconfig_client.ts";
import { clusterCidr } from "../../cluster/network_plan.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

/** Shows what a node's kube-proxy makes of Services and EndpointSlices. */
export const proxy: Verb = {
  name: "proxy",
  summary: "Prints the rules that a node's kube-proxy makes of the Services, as iptables-save does",
  examples: [
    ["troupe proxy rules node-0", "the rules of a node of the cluster that KUBECONFIG leads to"],
    ["troupe proxy rules node-0 --kubeconfig data/kubeconfig", "of another cluster"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "rules")
      .argument("<node>", "whose rules")
      .option("--kubeconfig <file>", "which cluster (default: $KUBECONFIG)");
  },
  run,
};

async function run({ args, options, streams }: Invocation<{ readonly kubeconfig?: string }>): Promise<number> {
  const [action, name = ""] = args;
  if (action !== "rules") throw new InputError(`Cannot ${action} proxies: there is no such action, use rules`);
  const path = options.kubeconfig ?? process.env.KUBECONFIG;
  if (!path) throw new InputError("Cannot read rules: no cluster is named, set KUBECONFIG or give --kubeconfig");
  streams.stdout.write(await rulesOf(name, await kubeconfigClient(path)));
  return exitCodes.good;
}

/** Made from what the API shows now, by the code that a kube-proxy runs: what it writes to its node a moment later. */
async function rulesOf(name: string, client: KubeconfigClient): Promise<string> {
  const [node, services, slices] = await Promise.all([
    client.get<Node>(`/api/v1/nodes/${encodeURIComponent(name)}`),
    client.get<KubeList<Service>>("/api/v1/services"),
    client.get<KubeList<EndpointSlice>>("/apis/discovery.k8s.io/v1/endpointslices"),
  ]);
  const tracker = createChangeTracker(name);
  tracker.setZone(node.metadata.labels?.["topology.kubernetes.io/zone"]);
  for (const service of services.items) tracker.setService(service);
  for (const slice of slices.items) tracker.setSlice(slice);
  tracker.take();
  const nodeIps = (node.status.addresses ?? [])
    .filter(({ type }) => type === "InternalIP")
    .map(({ address }) => address);
  return printIptables(tracker.rules.values(), { node: name, nodeIps, clusterCidr });
}
