import { setup } from "xstate";
import { bookOf } from "../../../actors/apiserver/authorization/_rights.ts";
import { grantedBy } from "../../../actors/apiserver/authorization/rules/rulebook.ts";
import type { ApiRequest } from "../../../actors/apiserver/messages.ts";
import type { Server } from "../../../actors/apiserver/server.ts";
import type { Keyspace } from "../../../actors/store/keyspace/keyspace.ts";
import { type Address, type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import { objectIn } from "../../engine/world.ts";
import { folders } from "./folders.ts";
import type { RightsChange } from "./run.ts";
import { guest, guestBinding, guestRole } from "./setting.ts";

/** The input of a keeper. */
export interface KeeperInput {
  readonly servers: readonly Address[];
  readonly changes: readonly RightsChange[];
}

/** How far a keeper has come. */
export interface KeeperData extends KeeperInput {
  begun: number;
  isWaiting: boolean;
}

const patienceMs = 900;
const rbac = { type: "api.request", group: "rbac.authorization.k8s.io", version: "v1" } as const;
const { namespace } = folders.maps;
const { name: bindingName } = guestBinding.metadata;
const { name: roleName } = guestRole.metadata;

const { act, begin } = reducers<KeeperData, never>();

/** Whether all that it had to change was asked for, and answered or not. */
export function hasKept({ begun, changes, isWaiting }: KeeperData): boolean {
  return begun === changes.length && !isWaiting;
}

function requestFor({ what, isGiven }: RightsChange): ApiRequest {
  if (what === "role") {
    const body = JSON.stringify({ rules: isGiven ? guestRole.rules : [] });
    const contentType = "application/merge-patch+json";
    return { ...rbac, verb: "patch", resource: "roles", namespace, name: roleName, contentType, body };
  }
  const there = { ...rbac, resource: "rolebindings", namespace } as const;
  if (isGiven) return { ...there, verb: "create", body: JSON.stringify(guestBinding) };
  return { ...there, verb: "delete", name: bindingName };
}

function wait(data: KeeperData, step: Step) {
  data.isWaiting = false;
  const next = data.changes[data.begun];
  if (next) step.timer("next", Math.max(0, next.atMs - step.uptimeMs));
}

function change(data: KeeperData, step: Step) {
  const next = data.changes[data.begun];
  if (!next) return;
  data.begun++;
  data.isWaiting = true;
  step.ask(data.servers[next.to % data.servers.length] as Address, requestFor(next), patienceMs);
}

/** Who gives a guest rights, and takes them away: whether that is done is seen in the store. */
export const keeper = defineActor<KeeperInput>({
  kind: "keeper",
  module: import.meta.url,
  machine: setup({
    types: {} as ChartTypes<KeeperData, never, KeeperInput>,
    actions: {
      wait: act((data, _event, step) => wait(data, step)),
      change: act((data, _event, step) => change(data, step)),
    },
  }).createMachine({
    id: "keeper",
    context: begin((input: KeeperInput) => ({ ...input, begun: 0, isWaiting: false })),
    initial: "keeping",
    states: {
      keeping: {
        entry: "wait",
        on: { reply: { actions: "wait" }, failed: { actions: "wait" }, "timer.next": { actions: "change" } },
      },
    },
  }),
});

/** Whether a server lets a guest look at maps just when what is stored says so, and says so long enough ago. */
export function judgeRights({ rights }: Server, keyspace: Keyspace): string | undefined {
  const wish = { verb: "get", group: "", resource: folders.maps.resource, namespace, name: "item-0" };
  const may = grantedBy(bookOf(rights), guest, wish) !== undefined;
  const isBound = stored(keyspace, `/registry/rolebindings/${namespace}/${bindingName}`) !== undefined;
  const role = stored(keyspace, `/registry/roles/${namespace}/${roleName}`) as Partial<typeof guestRole> | undefined;
  const isAllowed = isBound && (role?.rules ?? []).length > 0;
  if (may === isAllowed) return undefined;
  return `lets a guest ${may ? "" : "not "}look at maps, who is ${isBound ? "" : "not "}bound to a role of ${role?.rules?.length ?? 0} rules`;
}

function stored(keyspace: Keyspace, key: string): object | undefined {
  let found: object | undefined;
  keyspace.keys.each(key, `${key}\0`, (versions) => {
    const newest = versions.at(-1);
    if (newest && newest.version !== 0) found = objectIn(newest);
    return false;
  });
  return found;
}
