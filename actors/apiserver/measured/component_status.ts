import type { Step } from "../../../runtime/mod.ts";
import { leaseRules as leaseKind } from "../../api/kinds/lease.ts";
import { notFound } from "../../api/status.ts";
import { elapsedMs } from "../../api/time.ts";
import type { Frozen, Lease } from "../../api/types.ts";
import type { StoreAnswer, StoreRequest } from "../../store/messages.ts";
import { respondItem, respondStatus } from "../requests/call.ts";
import { respondList } from "../requests/respond_list.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import { answerItem, type Measured } from "./measured.ts";
import { componentStatusKind } from "./measured_kinds.ts";

/** One part, and why it is not well; undefined when it is. */
interface Part {
  readonly name: string;
  readonly failing: string | undefined;
}

const storeTimeoutMs = 2_000;
const leading = { "controller-manager": "kube-controller-manager", scheduler: "kube-scheduler" } as const;

/**
 * Tells how the parts of the control plane are: who leads renews a lease, and each replica of the store is asked. A
 * real server asks each of them for its health over HTTP.
 */
export const componentStatus: Measured = {
  kind: componentStatusKind,
  serve(server, call, step) {
    const { name } = call;
    const done = (parts: readonly Part[], later: Step) => {
      const items = parts.filter((part) => name === "" || part.name === name).map(shown);
      if (name === "") return respondList(call, later, { items, metadata: { resourceVersion: "" } });
      const [item] = items;
      if (item) respondItem(call, later, { item });
      else respondStatus(call, later, notFound({ group: "", resource: "componentstatuses" }, name));
    };
    const leaders = Object.entries(leading).map(([part, lease]) => leaderOf(server, { part, lease }, step));
    askStores(server, step, (stores, later) => done([...leaders, ...stores], later));
  },
};

function leaderOf(
  server: Server,
  { part, lease }: { readonly part: string; readonly lease: string },
  step: Step,
): Part {
  const item = cacheOf(server, leaseKind).items.get(`${leaseKind.storagePrefix}/kube-system/${lease}`);
  const spec = item && (objectOf(item) as Frozen<Lease>).spec;
  const { holderIdentity = "", renewTime, leaseDurationSeconds = 15 } = spec ?? {};
  if (holderIdentity === "" || renewTime === undefined)
    return { name: part, failing: `nobody holds the lease ${lease}` };
  const idleMs = elapsedMs(renewTime, step.nowMs);
  const isLate = idleMs > leaseDurationSeconds * 1000;
  const late = `the lease ${lease} was last renewed ${Math.round(idleMs / 1000)} seconds ago`;
  return { name: part, failing: isLate ? late : undefined };
}

function askStores({ input, asks }: Server, step: Step, done: (parts: readonly Part[], step: Step) => void) {
  const parts: Part[] = [];
  const request: StoreRequest = { type: "store.status" };
  for (const [index, address] of input.stores.entries()) {
    asks.wait<StoreAnswer>(step.ask(address, request, storeTimeoutMs), (answer, later) => {
      const isWell = answer.ok && answer.value.type === "store.status.ok" && answer.value.rebuilding === undefined;
      parts.push({
        name: `etcd-${index}`,
        failing: isWell ? undefined : "the replica does not answer, or is no member",
      });
      if (parts.length < input.stores.length) return;
      done(
        parts.sort((a, b) => (a.name < b.name ? -1 : 1)),
        later,
      );
    });
  }
}

function shown({ name, failing }: Part) {
  const condition =
    failing === undefined
      ? { type: "Healthy", status: "True", message: "ok" }
      : { type: "Healthy", status: "False", message: failing };
  return answerItem({ kind: "ComponentStatus", apiVersion: "v1", metadata: { name }, conditions: [condition] });
}
