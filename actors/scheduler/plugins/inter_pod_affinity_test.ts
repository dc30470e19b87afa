import { assert, test } from "../../../properties/house/test.ts";
import { coreOf, reasonsOf, scoresOf } from "../../../properties/stages/scheduler/scheduling_harness.ts";
import { podOf } from "../../../properties/stages/scheduler/scheduling_objects.ts";
import type { PodSpec } from "../../api/types.ts";
import { interPodAffinity } from "./inter_pod_affinity.ts";

const zone = (name: string) => ({ "topology.kubernetes.io/zone": name });
const nodes = [
  { name: "a1", labels: zone("a") },
  { name: "a2", labels: zone("a") },
  { name: "b1", labels: zone("b") },
];
const term = (app: string, topologyKey = "topology.kubernetes.io/zone") => ({
  topologyKey,
  labelSelector: { matchLabels: { app } },
});
const near = (app: string): Partial<PodSpec> => ({
  affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app)] } },
});
const apart = (app: string, topologyKey?: string): Partial<PodSpec> => ({
  affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term(app, topologyKey)] } },
});
const notNear = ["node(s) didn't match pod affinity rules"];

test("interPodAffinity takes only places near the pods asked for", () => {
  const core = coreOf({ nodes, pods: [{ name: "db", node: "a1", labels: { app: "db" } }] });
  const pod = podOf({ name: "p", spec: near("db") });
  assert.deepEqual(reasonsOf(interPodAffinity, core, pod), { a1: [], a2: [], b1: notNear });
  assert.deepEqual(reasonsOf(interPodAffinity, core, podOf({ name: "p", spec: near("web") })), {
    a1: notNear,
    a2: notNear,
    b1: notNear,
  });
});

test("interPodAffinity finds no place by a label that nodes do not have, whatever its name", () => {
  const core = coreOf({ nodes, pods: [{ name: "db", node: "a1", labels: { app: "db" } }] });
  const pod = podOf({ name: "p", spec: apart("db", "constructor") });
  assert.deepEqual(reasonsOf(interPodAffinity, core, pod), { a1: [], a2: [], b1: [] });
});

test("interPodAffinity lets the first of a group go anywhere", () => {
  const pod = podOf({ name: "p", labels: { app: "web" }, spec: near("web") });
  assert.deepEqual(reasonsOf(interPodAffinity, coreOf({ nodes }), pod), { a1: [], a2: [], b1: [] });
});

test("interPodAffinity keeps away from pods, and pods that want to be alone keep others away", () => {
  const hermit = { name: "hermit", node: "b1", labels: { app: "hermit" }, spec: apart("web") };
  const core = coreOf({ nodes, pods: [{ name: "db", node: "a1", labels: { app: "db" } }, hermit] });
  const pod = podOf({ name: "p", labels: { app: "web" }, spec: apart("db", "kubernetes.io/hostname") });
  const rules = { a1: ["node(s) didn't match pod anti-affinity rules"], a2: [] };
  const repelled = ["node(s) didn't satisfy existing pods anti-affinity rules"];
  assert.deepEqual(reasonsOf(interPodAffinity, core, pod), { ...rules, b1: repelled });
  core.podGone(podOf(hermit), 1);
  assert.deepEqual(reasonsOf(interPodAffinity, core, pod), { ...rules, b1: [] });
});

test("interPodAffinity minds namespaces, named or selected by their labels", () => {
  const core = coreOf({ nodes, pods: [{ name: "db", namespace: "data", node: "a1", labels: { app: "db" } }] });
  core.related.setNamespace({ apiVersion: "v1", kind: "Namespace", metadata: { name: "data", labels: { team: "x" } } });
  const asking = (more: object) =>
    podOf({
      name: "p",
      spec: {
        affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ ...term("db"), ...more }] } },
      },
    });
  assert.deepEqual(reasonsOf(interPodAffinity, core, asking({})).a1, notNear);
  assert.deepEqual(reasonsOf(interPodAffinity, core, asking({ namespaces: ["data"] })).a1, []);
  assert.deepEqual(reasonsOf(interPodAffinity, core, asking({ namespaceSelector: {} })).a1, []);
  const ofTeam = (team: string) => asking({ namespaceSelector: { matchLabels: { team } } });
  assert.deepEqual(reasonsOf(interPodAffinity, core, ofTeam("x")).a1, []);
  assert.deepEqual(reasonsOf(interPodAffinity, core, ofTeam("y")).a1, notNear);
});

test("interPodAffinity scores preferences of both sides", () => {
  const core = coreOf({ nodes, pods: [{ name: "db", node: "a1", labels: { app: "db" } }] });
  const preferring = (kind: "podAffinity" | "podAntiAffinity") =>
    podOf({
      name: "p",
      spec: {
        affinity: {
          [kind]: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm: term("db") }] },
        },
      },
    });
  assert.deepEqual(scoresOf(interPodAffinity, core, preferring("podAffinity")), { a1: 100, a2: 100, b1: 0 });
  assert.deepEqual(scoresOf(interPodAffinity, core, preferring("podAntiAffinity")), { a1: 0, a2: 0, b1: 100 });
});
