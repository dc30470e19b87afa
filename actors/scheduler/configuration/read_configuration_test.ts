import { load } from "js-yaml";
import { assert, test } from "../../../properties/house/test.ts";
import { createProfiles } from "../cycle/profile.ts";
import { readConfiguration } from "./read_configuration.ts";

const head = "apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n";

function profilesOf(yaml: string) {
  const read = readConfiguration(load(head + yaml));
  assert.ok("configuration" in read, JSON.stringify(read));
  return createProfiles(read.configuration);
}

function errorsOf(yaml: string): readonly string[] {
  const read = readConfiguration(load(head + yaml));
  return "errors" in read ? read.errors : [];
}

test("readConfiguration() takes what a file for a real scheduler says, and leaves its process alone", () => {
  const profiles = profilesOf(`
clientConnection: { kubeconfig: /etc/srv/kubernetes/kube-scheduler/kubeconfig }
leaderElection: { leaderElect: true }
parallelism: 16
percentageOfNodesToScore: 30
profiles:
- schedulerName: default-scheduler
- schedulerName: no-scoring-scheduler
  percentageOfNodesToScore: 70
  plugins:
    preScore: { disabled: [{ name: "*" }] }
    score: { disabled: [{ name: "*" }] }
`);
  assert.deepEqual([...profiles.keys()], ["default-scheduler", "no-scoring-scheduler"]);
  assert.deepEqual(
    [...profiles.values()].map(({ percentageOfNodesToScore }) => percentageOfNodesToScore),
    [30, 70],
  );
  assert.equal(profiles.get("no-scoring-scheduler")?.scorers.length, 0);
  assert.ok((profiles.get("default-scheduler")?.scorers.length ?? 0) > 5);
});

test("plugins are enabled, disabled, weighed and ordered point by point and for all points", () => {
  const [profile] = profilesOf(`
profiles:
- plugins:
    multiPoint:
      enabled: [{ name: ImageLocality, weight: 7 }]
      disabled: [{ name: PodTopologySpread }]
    filter:
      enabled: [{ name: NodeResourcesFit }]
      disabled: [{ name: NodePorts }]
    score:
      disabled: [{ name: TaintToleration }]
      enabled: [{ name: NodeAffinity, weight: 9 }]
`).values();
  assert.ok(profile);
  const named = (name: string) => profile.plugins.find((each) => each.name === name);
  assert.equal(named("PodTopologySpread"), undefined);
  assert.equal(named("ImageLocality")?.weight, 7);
  assert.equal(named("NodeAffinity")?.weight, 9);
  assert.equal(named("TaintToleration")?.score, undefined);
  assert.ok(named("TaintToleration")?.filter);
  assert.equal(named("NodePorts")?.filter, undefined);
  assert.equal(profile.filters[0]?.name, "NodeResourcesFit");
  assert.deepEqual(profile.scorers.map(({ name }) => name).sort(), [
    "ImageLocality",
    "InterPodAffinity",
    "NodeAffinity",
    "NodeResourcesBalancedAllocation",
    "NodeResourcesFit",
  ]);
});

test("readConfiguration() says what is wrong, and what is not there", () => {
  assert.deepEqual(errorsOf("profils: []"), ['strict decoding error: unknown field "profils"']);
  assert.deepEqual(errorsOf("extenders: [{ urlPrefix: http://127.0.0.1 }]"), [
    "extenders: webhooks that extend the scheduler are not called here, remove them",
  ]);
  assert.deepEqual(errorsOf("percentageOfNodesToScore: 101"), [
    "percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]",
  ]);
  assert.deepEqual(errorsOf("profiles: [{ schedulerName: a }, { schedulerName: a }]"), [
    'profiles[1].schedulerName: Duplicate value: "profiles[0].schedulerName"',
  ]);
  assert.deepEqual(errorsOf("profiles: [{ plugins: { score: { enabled: [{ name: Foo }] } } }]"), [
    'profiles[0].plugins.score.enabled: plugin "Foo" does not exist',
  ]);
  assert.deepEqual(errorsOf("profiles: [{ pluginConfig: [{ name: InterPodAffinity, args: { hardWeight: 1 } }] }]"), [
    'strict decoding error: unknown field "profiles[0].pluginConfig[0].args.hardWeight"',
  ]);
  const shape = "scoringStrategy: { type: RequestedToCapacityRatio }";
  assert.deepEqual(errorsOf(`profiles: [{ pluginConfig: [{ name: NodeResourcesFit, args: { ${shape} } }] }]`), [
    "profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape: Required value: at least one point must be specified",
  ]);
  const policy = readConfiguration({ apiVersion: "v1", kind: "Policy" });
  assert.ok("errors" in policy && policy.errors[0]?.startsWith('no kind "Policy" of "v1" is registered'));
});
