import { assert, fc, property } from "../../properties/house/test.ts";
import { extra, orderText } from "../../properties/stages/supervision/transcript.ts";
import type { Order, TreeEvent } from "./orders.ts";
import { supervise } from "./supervise.ts";
import { createTree, type Tree } from "./tree.ts";

/** What somebody may tell: of a few addresses, and of any life there. */
const names = ["a", "b"] as const;
const addresses = names.flatMap((root) => [
  root,
  ...names.flatMap((child) => [`${root}/${child}`, `${root}/${child}/a`]),
]);
const address = fc.constantFrom(...addresses);
const life = fc.record({ address, incarnation: fc.nat(4) });
const exit = fc.record({ crashed: fc.boolean(), reason: fc.constant("why") });
const spec = fc
  .record({
    name: fc.constantFrom(...names),
    restart: fc.constantFrom("permanent", "transient", "temporary"),
    max: fc.nat(2),
  })
  .map(({ name, restart, max }) => ({ name, kind: "extra", input: {}, restart, restartsMax: max }));
const happening: fc.Arbitrary<TreeEvent> = fc.oneof(
  fc.record({ kind: fc.constant("spawn"), spec, by: life }),
  fc.record({ kind: fc.constant("spawn"), spec }),
  life.map((which) => ({ kind: "ready", ...which })),
  fc.tuple(life, exit).map(([which, how]) => ({ kind: "ended", ...which, exit: how })),
  life.map((which) => ({ kind: "begun", ...which })),
  life.map((which) => ({ kind: "overdue", ...which })),
  life.map((which) => ({ kind: "refused", ...which, reason: "why" })),
  address.map((whose) => ({ kind: "crash", address: whose, reason: "why" })),
  fc.record({ kind: fc.constantFrom("stop", "hold", "release", "pause", "resume"), address }),
  fc.record({ kind: fc.constantFrom("monitor", "demonitor"), watcher: address, watched: address }),
) as fc.Arbitrary<TreeEvent>;

interface Told {
  readonly event: TreeEvent;
  readonly orders: readonly Order[];
}

/** Tells a tree all that, mostly of lives that there are; `look` looks after each event. */
function tellAll(events: readonly TreeEvent[], look: (tree: Tree, told: Told) => void): Tree {
  const tree = createTree([extra]);
  for (const [at, drawn] of events.entries()) {
    const event = ofPresentLife(tree, drawn);
    const orders = ordersOf(tree, event, at * 7);
    look(tree, { event, orders });
  }
  return tree;
}

function ordersOf(tree: Tree, event: TreeEvent, uptimeMs: number): readonly Order[] {
  // A root that is there already: the host's caller hears of it.
  if (event.kind === "spawn" && !event.by && tree.members.has(event.spec.name)) return [];
  return supervise(tree, event, uptimeMs);
}

/** An even number of an incarnation means the life that there is: else hardly any event would be about one. */
function ofPresentLife(tree: Tree, event: TreeEvent): TreeEvent {
  const present = (which: { readonly address: string; readonly incarnation: number }) => ({
    address: which.address,
    incarnation: which.incarnation % 2 === 0 ? (tree.members.get(which.address)?.incarnation ?? 0) : which.incarnation,
  });
  if (event.kind === "spawn") return event.by ? { ...event, by: present(event.by) } : event;
  return "incarnation" in event ? { ...event, ...present(event) } : event;
}

const happenings = fc.array(happening, { maxLength: 120, size: "max" });

property("supervise() leaves no child behind whose parent's life is over", [happenings], (events) => {
  tellAll(events, ({ members }) => {
    for (const { address: whose, parent } of members.values()) {
      if (parent !== "") assert.ok(members.get(parent)?.isLive, `${whose} without its parent`);
      for (const child of members.get(whose)?.children ?? []) assert.ok(members.has(child), child);
    }
  });
});

property("supervise() never gives two lives one number, and begins one at a time", [happenings], (events) => {
  const last = new Map<string, number>();
  const live = new Set<string>();
  tellAll(events, (_tree, { orders }) => {
    for (const order of orders) {
      if (order.kind === "begin") {
        assert.ok(order.incarnation > (last.get(order.address) ?? -1), orderText(order));
        assert.ok(!live.has(order.address), orderText(order));
        last.set(order.address, order.incarnation);
        live.add(order.address);
      }
      if (order.kind === "leave") live.delete(order.address);
    }
  });
});

property("supervise() orders nothing when the same end is told twice", [happenings], (events) => {
  tellAll(events, (tree, { event }) => {
    if (event.kind !== "ended" && event.kind !== "overdue" && event.kind !== "refused") return;
    assert.deepEqual(supervise(tree, event, 1_000), []);
  });
});

property(
  "supervise() restarts within bounds: by the child's terms, and not more often than they allow",
  [happenings],
  (events) => {
    const restarts = new Map<string, number>();
    tellAll(events, (tree, { orders }) => {
      for (const order of orders) {
        if (order.kind === "admit") restarts.set(order.address, 0);
        if (order.kind !== "restart") continue;
        const { spec: terms, stopping } = tree.members.get(order.address) ?? {};
        const count = (restarts.get(order.address) ?? 0) + 1;
        restarts.set(order.address, count);
        // All of a run is within one window.
        assert.ok(terms?.restart !== "temporary" && count <= (terms?.restartsMax ?? 0), orderText(order));
        assert.equal(stopping, undefined, orderText(order));
        assert.equal(order.afterMs, 10 * 2 ** (count - 1));
      }
    });
  },
);

property(
  "supervise() ends children before their parents, and lets nobody live when all is stopped",
  [happenings],
  (events) => {
    const tree = tellAll(events, (_tree, { orders }) => {
      const left = orders.flatMap((order) => (order.kind === "leave" ? [order.address] : []));
      for (const [at, whose] of left.entries()) {
        assert.ok(!left.slice(at + 1).some((later) => later.startsWith(`${whose}/`)), left.join());
      }
    });
    const queue: TreeEvent[] = [...tree.members.keys()].map((whose) => ({ kind: "stop", address: whose }));
    for (let event = queue.shift(); event; event = queue.shift()) {
      for (const order of supervise(tree, event, 10_000)) {
        if (order.kind === "askToStop") queue.push({ ...order, kind: "overdue" });
      }
    }
    assert.deepEqual([...tree.members.keys()], []);
  },
);
