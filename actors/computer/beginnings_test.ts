import { assert, test } from "../../properties/house/test.ts";
import { type ClientData, computerAt, computerStage, podIp } from "../../properties/stages/computer/stage.ts";
import type { Message } from "../../runtime/mod.ts";
import type { PodSandboxConfig } from "../cri/sandbox_config.ts";
import type { NodePolicies } from "../network/pod_policies.ts";

const web: PodSandboxConfig = { name: `web@${podIp(0, 9)}`, namespace: "shop", uid: "web", attempt: 0 };

function stageWith() {
  const stage = computerStage({ nodes: 1 });
  const { simulation } = stage;
  const to = computerAt(0);
  const say = (policies?: NodePolicies) => {
    const { rules } = stage.data(0);
    const request = {
      op: "apply",
      full: true,
      generation: rules.generation() + 1,
      settings: rules.settings(),
      set: [],
    };
    simulation.askNow(to, { type: "dataplane.apply", request: { ...request, policies } } as Message, 1_000);
  };
  const asked = (pod: PodSandboxConfig) => ({ type: "cri.call", request: { op: "RunPodSandbox", pod } }) as Message;
  const begin = (pod: PodSandboxConfig) => {
    void simulation.send("kubelet", { type: "relay", to, asked: asked(pod) } as Message);
    simulation.advance(5);
  };
  const answers = () =>
    (simulation.dataOf("kubelet") as ClientData).got.map((each) => {
      const { ok, failure } = each as Message & { ok: boolean; failure?: { message: string } };
      return ok ? "begun" : failure?.message;
    });
  return { stage, simulation, say, begin, answers, waiting: () => stage.data(0).beginnings.length };
}

test("a pod begins at once where there are no policies, and waits where there are until all is said of it", () => {
  const { stage, say, begin, answers, simulation } = stageWith();
  begin(web);
  assert.deepEqual(answers(), ["begun"]);
  stage.call(0, { op: "RemovePodSandbox", sandbox: "web" });
  say({ known: ["another"], rules: [] });
  begin(web);
  begin({ ...web, uid: "another" });
  begin({ ...web, uid: "of-node", hostNetwork: true });
  simulation.advance(1_000);
  assert.deepEqual(answers(), ["begun", "begun", "begun"], "another, and who is in the node's network, do not wait");
  say({ known: ["web"], rules: [{ uid: "web", ips: [], ingress: [] }] });
  simulation.advance(5);
  assert.deepEqual(answers(), ["begun", "begun", "begun", "begun"]);
  const attempt = { protocol: "tcp", source: podIp(1, 1), target: { ip: podIp(0, 9), port: 80 } } as const;
  assert.equal(
    stage.data(0).rules.policies.allows(attempt, []),
    false,
    "it is kept apart before the API has its address",
  );
});

test("a pod waits on a computer that has been told nothing since it was switched on", () => {
  const { simulation, say, begin, answers } = stageWith();
  simulation.crashNow(computerAt(0), "power loss");
  simulation.advance(5_000);
  begin(web);
  assert.deepEqual(answers(), []);
  say();
  simulation.advance(5);
  assert.deepEqual(answers(), ["begun"]);
});

test("a pod of which nothing is said for ten seconds does not begin, and its kubelet is told why", () => {
  const { stage, say, begin, answers, simulation } = stageWith();
  say({ known: [], rules: [] });
  begin(web);
  simulation.advance(4_000);
  begin({ ...web, uid: "later" });
  simulation.advance(5_980);
  assert.deepEqual(answers(), []);
  simulation.advance(20);
  const why = "failed to setup network for sandbox: kube-proxy has not told in 10s what NetworkPolicies say of the pod";
  assert.deepEqual(answers(), [why]);
  simulation.advance(4_000);
  assert.deepEqual(answers(), [why, why]);
  assert.equal(stage.data(0).sandboxes.size, 0);
});

test("a pod that is asked for again waits once, and not at all when its kubelet is gone", () => {
  const { stage, say, begin, answers, simulation, waiting } = stageWith();
  say({ known: [], rules: [] });
  begin(web);
  begin({ ...web, attempt: 1 });
  assert.equal(waiting(), 1);
  say({ known: ["web"], rules: [] });
  simulation.advance(5);
  assert.deepEqual([answers(), stage.data(0).sandboxes.find("web")?.pod.attempt], [["begun"], 1]);
  begin({ ...web, uid: "late" });
  simulation.crashNow("kubelet", "test");
  simulation.advance(5);
  assert.equal(waiting(), 0);
});
