import type { Frozen, Node } from "../../api/types.ts";
import type { CloudAnswer, CloudCall, CloudRequest, Instance } from "../../cloud/messages.ts";
import { failed } from "../../kit/result.ts";
import type { CloudPlace } from "../loop.ts";
import type { Action, ObjectName } from "../plan.ts";

/** What comes of a question to a provider. */
export type CloudThen = (
  answer: CloudAnswer,
  now: { readonly nowMs: number; readonly uptimeMs: number },
) => readonly Action[];

const timeoutMs = 5_000;

/** Asks a provider about an object; one that does not answer has failed. */
export function askCloud(
  about: ObjectName,
  { cloud, request }: { readonly cloud: CloudPlace; readonly request: CloudRequest },
  then: CloudThen,
): Action {
  const { kind, namespace, name } = about;
  const body: CloudCall = { type: "cloud.call", request };
  return {
    ...{ op: "ask", kind, namespace, name, to: cloud.address, body, timeoutMs },
    answered(any, now) {
      const silent = failed({ reason: "internal", message: "context deadline exceeded" } as const);
      return then((any as CloudAnswer | undefined) ?? silent, now);
    },
  };
}

/** Of which provider a node is, as its id says. */
export function cloudOf({ spec }: Frozen<Node>, clouds: readonly CloudPlace[]): CloudPlace | undefined {
  return clouds.find(({ name }) => spec.providerID?.startsWith(`${name}://`));
}

/** The instance that a node is, among those of its provider. */
export function instanceOf(node: Frozen<Node>, instances: readonly Instance[]): Instance | undefined {
  const { providerID = "" } = node.spec;
  const id = providerID.slice(providerID.lastIndexOf("/") + 1);
  return instances.find((each) => (providerID === "" ? each.node === node.metadata.name : each.id === id));
}
