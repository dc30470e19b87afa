import { type Command, Option } from "commander";
import { InputError } from "../../cluster/input_error.ts";
import { exitCodes, type Invocation, type Verb } from "../verb.ts";

interface Options {
  readonly kubeconfig?: string;
  readonly format: "iptables" | "nftables";
  readonly netns?: string;
  readonly thisMachine?: boolean;
}

/** Shows what a node's kube-proxy makes of Services and EndpointSlices, and has a kernel do it. */
export const proxy: Verb = {
  name: "proxy",
  summary: "Prints the rules that a node's kube-proxy makes of the Services, or applies them to a kernel by nftables",
  examples: [
    [
      "troupe proxy rules node-0",
      "the rules of a node of the cluster that KUBECONFIG leads to, as iptables-save prints them",
    ],
    ["troupe proxy rules node-0 --format nftables", "as nft -f reads them"],
    ["troupe proxy rules node-0 --kubeconfig data/kubeconfig", "of another cluster"],
    [
      "troupe proxy apply node-0 --netns blue",
      "the kernel leads to Services in the network namespace blue, until Ctrl-C",
    ],
    ["troupe proxy apply node-0 --this-machine", "the same on this machine, as root; only tables of ours are changed"],
    ["troupe proxy remove --netns blue", "takes away what a process left there that was killed"],
  ],
  declare(command: Command) {
    command
      .argument("<action>", "rules, apply or remove")
      .argument("[node]", "whose rules")
      .option("--kubeconfig <file>", "which cluster (default: $KUBECONFIG)")
      .addOption(
        new Option("--format <name>", "how rules are printed").choices(["iptables", "nftables"]).default("iptables"),
      )
      .option("--netns <name>", "apply, remove: in this network namespace, by its name or its file")
      .option("--this-machine", "apply, remove: in the network of this machine itself");
  },
  run,
};

async function run({ args, options, streams }: Invocation<Options>): Promise<number> {
  const [action = "", node = ""] = args;
  const actions = ["rules", "apply", "remove"];
  if (!actions.includes(action))
    throw new InputError(`Cannot ${action} proxies: there is no such action, use rules, apply or remove`);
  if (action === "remove") {
    const { removeRules } = await import("../apply_rules.ts");
    await removeRules(placeOf(action, options));
    return exitCodes.good;
  }
  if (node === "") throw new InputError(`Cannot ${action === "rules" ? "print" : "apply"} rules: name the node`);
  const kubeconfig = options.kubeconfig ?? process.env.KUBECONFIG;
  if (!kubeconfig) throw new InputError("Cannot read rules: no cluster is named, set KUBECONFIG or give --kubeconfig");
  if (action === "apply") {
    const place = placeOf(action, options);
    const [{ applyRules }, { listenForInterrupts }] = await Promise.all([
      import("../apply_rules.ts"),
      import("../interrupts.ts"),
    ]);
    using interrupts = listenForInterrupts();
    await applyRules({ node, kubeconfig, place }, streams, interrupts);
    return exitCodes.good;
  }
  const { proxyRules } = await import("../proxy_rules.ts");
  streams.stdout.write(await proxyRules(node, kubeconfig, options.format));
  return exitCodes.good;
}

/** Nobody's network is changed that was not named. */
function placeOf(action: string, { netns, thisMachine = false }: Options) {
  if (netns !== undefined && !thisMachine) return { netns };
  if (netns === undefined && thisMachine) return { machine: true } as const;
  throw new InputError(`Cannot ${action} rules: say where, with either --netns NAME or --this-machine`);
}
