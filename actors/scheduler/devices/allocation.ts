import type { NodeSelector, NodeSelectorRequirement } from "kubernetes-types/core/v1.js";
import type { Allocation } from "../../api/device_claims.ts";
import { jsonEqual, thaw } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import type { Chosen } from "./allocate.ts";
import type { DeviceClaim, DeviceView } from "./device_index.ts";

/** What a claim's status says of the devices that were chosen for it on a node. */
export function allocationOf(claim: DeviceClaim, chosen: readonly Chosen[], view: DeviceView): Allocation {
  const results = chosen.map(({ request, adminAccess, candidate: { driver, pool, device } }) => ({
    request,
    driver,
    pool,
    device: device.name,
    ...(adminAccess && { adminAccess }),
  }));
  const config = configOf(claim, chosen, view);
  const devices = { results, ...(config.length > 0 && { config }) };
  return { devices, ...present({ nodeSelector: nodeSelectorOf(chosen) }) };
}

type Config = NonNullable<NonNullable<Allocation["devices"]>["config"]>;

/** First what the classes say, then what the claim says: drivers take the last word. */
function configOf({ spec }: DeviceClaim, chosen: readonly Chosen[], view: DeviceView): Config {
  const classes = new Map(chosen.map(({ request, className }) => [request, className]));
  const ofClasses = [...classes].flatMap(([request, className]) =>
    (view.deviceClass(className)?.spec.config ?? []).map(({ opaque }) => ({
      source: "FromClass",
      requests: [request],
      ...present({ opaque }),
    })),
  );
  const isMeant = (wanted: readonly string[]) =>
    wanted.length === 0 ||
    wanted.some((name) => [...classes.keys()].some((each) => each === name || each.startsWith(`${name}/`)));
  const ofClaim = (spec.devices?.config ?? [])
    .filter(({ requests = [] }) => isMeant(requests))
    .map(({ requests, opaque }) => ({ source: "FromClaim", ...present({ requests, opaque }) }));
  return [...ofClasses, ...ofClaim] as Config;
}

/** Where all the devices can be used: on one node, on some, or (undefined) everywhere. */
function nodeSelectorOf(chosen: readonly Chosen[]): NodeSelector | undefined {
  const expressions: NodeSelectorRequirement[] = [];
  const fields: NodeSelectorRequirement[] = [];
  for (const { candidate } of chosen) {
    const { nodeName, nodeSelector } = candidate.slice.spec;
    if (nodeName) {
      const named = [{ key: "metadata.name", operator: "In", values: [nodeName] }];
      return { nodeSelectorTerms: [{ matchFields: named }] };
    }
    const [term] = nodeSelector?.nodeSelectorTerms ?? [];
    addNew(expressions, (term?.matchExpressions ?? []) as readonly NodeSelectorRequirement[]);
    addNew(fields, (term?.matchFields ?? []) as readonly NodeSelectorRequirement[]);
  }
  if (expressions.length + fields.length === 0) return undefined;
  const term = {
    ...(expressions.length > 0 && { matchExpressions: expressions }),
    ...(fields.length > 0 && { matchFields: fields }),
  };
  return { nodeSelectorTerms: [term] };
}

function addNew(all: NodeSelectorRequirement[], more: readonly NodeSelectorRequirement[]): void {
  for (const each of more)
    if (!all.some((other) => jsonEqual(other, each))) all.push(thaw(each) as NodeSelectorRequirement);
}
