import { all as providers } from "../../actors/cloud/providers/all.ts";
import { InputError } from "../cluster/input_error.ts";
import type { CloudPool } from "../cluster/topology.ts";

const nodesDefault = 2;

/** One more provider of a command line: `aurora`, `aurora:3`, or `aurora:1-5` for a pool that grows and shrinks. */
export function cloudPool(text: string, before: readonly CloudPool[] = []): readonly CloudPool[] {
  const [, name = "", least, most] = /^([a-z]+)(?::(\d{1,3})(?:-(\d{1,3}))?)?$/.exec(text) ?? [];
  const provider = providers.find((each) => each.name === name)?.name;
  const nodes = least === undefined ? nodesDefault : Number(least);
  const nodesMax = most === undefined ? nodes : Number(most);
  if (provider === undefined || nodesMax < nodes) {
    const names = providers.map((each) => each.name).join(" or ");
    throw new InputError(`Cannot rent nodes from "${text}": give ${names}, with :NODES or :NODES-MOST behind it`);
  }
  if (before.some((each) => each.provider === provider)) {
    throw new InputError(`Cannot rent nodes from ${provider} twice: give it once, with all its nodes`);
  }
  return [...before, { provider, nodes, nodesMax }];
}
