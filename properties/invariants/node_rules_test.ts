import { type Case, meta, node, ownedBy, pod, podKey, put, testRule } from "../stages/rule_cases.ts";
import { daemonsAreOneANode } from "./daemons_are_one_a_node.ts";
import { lostNodesAreTainted } from "./lost_nodes_are_tainted.ts";
import { placementsAreAllowed } from "./placements_are_allowed.ts";
import { theManyAreNotGivenUp } from "./the_many_are_not_given_up.ts";

const lost = (name: string, taints: readonly object[] = []) =>
  node(name, { spec: { taints }, status: { conditions: [{ type: "Ready", status: "Unknown" }] } });
const givenUp = [{ key: "node.kubernetes.io/unreachable", effect: "NoExecute" }];
const ofAgent = { metadata: ownedBy("DaemonSet", "agent"), spec: { nodeName: "n" } };
const agent = put(1, "daemonsets/default/agent", { metadata: meta("agent"), spec: {}, status: {} });

const cases: readonly Case[] = [
  {
    rule: daemonsAreOneANode,
    says: /is one of 2 of DaemonSet agent for n/,
    wrong: [agent, put(2, podKey("a"), pod("a", ofAgent)), put(9_000, podKey("b"), pod("b", ofAgent))],
    right: [
      agent,
      put(2, podKey("a"), pod("a", { ...ofAgent, status: { phase: "Failed" } })),
      put(9_000, podKey("b"), pod("b", ofAgent)),
    ],
  },
  {
    rule: theManyAreNotGivenUp,
    says: /minions\/n was given up, when 2 of 2 nodes were not heard of/,
    wrong: [
      put(1, "minions/n", lost("n")),
      put(1, "minions/m", lost("m")),
      put(9_000, "minions/n", lost("n", givenUp)),
    ],
    right: [
      put(1, "minions/n", lost("n")),
      put(1, "minions/m", node("m")),
      put(9_000, "minions/n", lost("n", givenUp)),
    ],
  },
  {
    rule: theManyAreNotGivenUp,
    says: /minions\/m was given up 1000 ms after another one/,
    wrong: [
      put(1, "minions/x", node("x")),
      put(8_000, "minions/n", lost("n", givenUp)),
      put(9_000, "minions/m", lost("m", givenUp)),
    ],
    right: [
      put(1, "minions/x", node("x")),
      put(8_000, "minions/n", lost("n", givenUp)),
      put(19_000, "minions/m", lost("m", givenUp)),
    ],
  },
  {
    rule: lostNodesAreTainted,
    says: /has not been ready for 8999 ms/,
    wrong: [
      put(1, "minions/n", node("n", { status: { conditions: [{ type: "Ready", status: "Unknown" }] } })),
      put(9_000, podKey("a"), pod("a")),
    ],
    right: [
      put(
        1,
        "minions/n",
        node("n", {
          spec: { taints: [{ key: "node.kubernetes.io/unreachable", effect: "NoSchedule" }] },
          status: { conditions: [{ type: "Ready", status: "Unknown" }] },
        }),
      ),
      put(9_000, podKey("a"), pod("a")),
    ],
  },
  {
    rule: placementsAreAllowed,
    says: /which is cordoned/,
    wrong: [
      put(1, "minions/n", node("n", { spec: { unschedulable: true } })),
      put(9_000, podKey("a"), pod("a", { spec: { nodeName: "n" } })),
    ],
    right: [
      put(1, "minions/n", node("n")),
      put(8_900, "minions/n", node("n", { spec: { unschedulable: true } })),
      put(9_000, podKey("a"), pod("a", { spec: { nodeName: "n" } })),
    ],
    onlyInCalm: false,
  },
  {
    rule: placementsAreAllowed,
    says: /where b has its port/,
    wrong: [
      put(1, "minions/n", node("n")),
      put(1, podKey("b"), pod("b", { spec: { nodeName: "n" }, container: { ports: [{ hostPort: 80 }] } })),
      put(9_000, podKey("a"), pod("a", { spec: { nodeName: "n" }, container: { ports: [{ hostPort: 80 }] } })),
    ],
  },
];

for (const each of cases) testRule(each);
