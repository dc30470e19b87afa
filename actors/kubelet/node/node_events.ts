import type { Step } from "../../../runtime/mod.ts";
import type { Frozen, Node } from "../../api/types.ts";
import type { KubeletData } from "../data.ts";

/** Has events told of a node, of which its name is the uid, too: so do kubelets. */
export function tellOfNode(data: KubeletData, object: Frozen<Node>, step: Step) {
  const about = { ...object, metadata: { name: object.metadata.name, uid: object.metadata.name } };
  return (reason: string, message: string, type: "Normal" | "Warning" = "Normal") =>
    data.events.report(step, { about, type, reason, message });
}
