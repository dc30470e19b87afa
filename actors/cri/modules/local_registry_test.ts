import { assert, test } from "../../../properties/house/test.ts";
import { awaitPhase, podNamed, realApiStage } from "../../../properties/stages/kubelet/real_api_stage.ts";

const namespace = "default";
const container = (more: object) => ({ name: "c", ...more });

function stageWith(words: readonly string[]) {
  const stage = realApiStage(5);
  const { lab } = stage;
  const create = (name: string, spec: object) =>
    lab.call("create", "pods", { namespace, body: podNamed(name, { automountServiceAccountToken: false, ...spec }) });
  const statusOf = (name: string) => lab.call("get", "pods", { namespace, name }).body.status;
  const waiting = (name: string) => statusOf(name).containerStatuses?.[0]?.state?.waiting ?? {};
  const ports = [{ containerPort: 5_000, hostPort: 5_000 }];
  create("registry", {
    containers: [container({ image: "registry.k8s.io/e2e-test-images/agnhost:2.57", args: words, ports })],
  });
  awaitPhase(lab, "registry", "Running");
  return { ...stage, create, statusOf, waiting };
}

/** As Kubernetes' tests write it. */
function loginTo(registry: string) {
  const auth = Buffer.from("user:password").toString("base64");
  const config = JSON.stringify({ auths: { [`http://${registry}`]: { auth } } });
  return {
    ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "login" }, type: "kubernetes.io/dockerconfigjson" },
    data: { ".dockerconfigjson": Buffer.from(config).toString("base64") },
  };
}

test("an image is pulled from a registry that a pod serves at a port of its node, by who knows its password", () => {
  const { lab, create, statusOf, waiting } = stageWith(["fake-registry-server", "--private"]);
  const image = "localhost:5000/pause:testing";
  create("stranger", { containers: [container({ image, imagePullPolicy: "Always" })] });
  lab.simulation.advance(5_000);
  assert.equal(statusOf("stranger").phase, "Pending");
  assert.match(waiting("stranger").reason, /^(ErrImagePull|ImagePullBackOff)$/);
  assert.match(waiting("stranger").message, /failed with status code \[manifests testing\]: 401 Unauthorized$/);
  lab.call("create", "secrets", { namespace, body: loginTo("localhost:5000") });
  create("friend", {
    containers: [container({ image, imagePullPolicy: "Always" })],
    imagePullSecrets: [{ name: "login" }],
  });
  awaitPhase(lab, "friend", "Running");
  const [{ imageID }] = statusOf("friend").containerStatuses;
  assert.match(imageID, /^localhost:5000\/pause@sha256:7072d252ff7b/);
  create("astray", {
    containers: [container({ image: "localhost:5000/pause:other" })],
    imagePullSecrets: [{ name: "login" }],
  });
  lab.simulation.advance(5_000);
  assert.match(waiting("astray").message, /localhost:5000\/pause:other: not found$/);
});

test("a registry that nobody serves leaves its images to be played", () => {
  const { lab, create } = stageWith(["fake-registry-server"]);
  create("public", { containers: [container({ image: "localhost:5000/pause:testing" })] });
  create("elsewhere", { containers: [container({ image: "localhost:5001/app:1" })] });
  awaitPhase(lab, "public", "Running");
  awaitPhase(lab, "elsewhere", "Running");
});
