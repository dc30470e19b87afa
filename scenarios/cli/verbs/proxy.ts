import type { Command } from "commander";
import { InputError } from "../../cluster/input_error.ts";
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
  const { proxyRules } = await import("../proxy_rules.ts");
  streams.stdout.write(await proxyRules(name, path));
  return exitCodes.good;
}
