import type { Step } from "../../runtime/mod.ts";
import { node as nodeKind } from "../api/kinds/node.ts";
import { type ResourceSlice, resourceSlice } from "../api/kinds/resource_slice.ts";
import type { Frozen, Node } from "../api/types.ts";
import type { Then } from "../client/outcome.ts";
import type { DraDriverData } from "./data.ts";
import { isAsWanted, wantedSlice } from "./slice.ts";

const retryMs = 1_000;
/** What was written is looked for at last after so long. */
const seenMsMax = 5_000;

/** Sees that the API shows the node's devices, once: whoever takes its slice away, or changes it, meets another. */
export function publish(data: DraDriverData, step: Step) {
  const { input, slices, client } = data;
  if (!data.isKnown || data.isPublishing || !slices.synced()) return;
  const own = [...slices.values()].filter(({ spec }) => spec.driver === input.driver);
  const [kept, ...more] = own.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const [extra] = more;
  if (extra) {
    const { name } = extra.metadata;
    data.isPublishing = true;
    return client.remove<ResourceSlice>(step, { kind: resourceSlice, name }, (outcome, later) =>
      settled(data, outcome.ok ? name : undefined, later),
    );
  }
  if (kept && isAsWanted(kept, input)) return;
  data.isPublishing = true;
  client.get<Node>(step, { kind: nodeKind, name: input.node }, (node, later) => {
    if (node.ok) write(data, { node: node.value, kept }, later);
    else settled(data, undefined, later);
  });
}

/** What was written is waited for: until the mirror shows it, it would be written twice. What failed is tried again. */
function settled(data: DraDriverData, written: string | undefined, step: Step): void {
  data.awaited = written;
  step.timer("publish", written === undefined ? retryMs : seenMsMax);
}

/** A slice of the node has changed. */
export function sliceChanged(data: DraDriverData, name: string, step: Step): void {
  if (name === data.awaited) publishAgain(data, step);
  else publish(data, step);
}

/** Looks again, whatever came of what was written. */
export function publishAgain(data: DraDriverData, step: Step): void {
  data.isPublishing = false;
  data.awaited = undefined;
  step.cancel("publish");
  publish(data, step);
}

interface Writing {
  readonly node: Frozen<Node>;
  readonly kept: Frozen<ResourceSlice> | undefined;
}

function write(data: DraDriverData, { node, kept }: Writing, step: Step): void {
  const { client, input } = data;
  const wanted = wantedSlice(input, node, (kept?.spec.pool.generation ?? 0) + 1);
  const object = kept ? ({ ...wanted, metadata: kept.metadata } as Frozen<ResourceSlice>) : wanted;
  const target = { kind: resourceSlice, object, name: kept?.metadata.name };
  const done: Then<Frozen<ResourceSlice>> = (outcome, later) =>
    settled(data, outcome.ok ? outcome.value.metadata.name : undefined, later);
  if (kept) client.update<ResourceSlice>(step, target, done);
  else client.create<ResourceSlice>(step, target, done);
}
