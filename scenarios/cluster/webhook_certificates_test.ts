import type { Pod } from "../../actors/api/types.ts";
import { realTrust } from "../../actors/signing/judge_device.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

test("a Job that makes a webhook's certificate writes it into a Secret, once, and its authority into the configuration", async () => {
  await using lab = await smallCluster();
  const { api, create, until } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const rules = [
    { apiGroups: [""], resources: ["secrets"], verbs: ["get", "create"] },
    { apiGroups: ["admissionregistration.k8s.io"], resources: ["validatingwebhookconfigurations"], verbs: ["*"] },
  ];
  const metadata = { name: "hook" };
  await create({ apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules }, "clusterroles");
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "hook" };
  const binding = { apiVersion: `${rbac}/v1`, kind: "ClusterRoleBinding", metadata, subjects, roleRef };
  await create(binding, "clusterrolebindings");
  const service = { name: "hook", namespace: "default", path: "/judge" };
  const webhooks = [{ name: "hook.example.com", clientConfig: { service }, failurePolicy: "Ignore" }].map((each) => ({
    ...{ ...each, sideEffects: "None", admissionReviewVersions: ["v1"] },
    rules: [{ operations: ["CREATE"], apiGroups: ["x.example.com"], apiVersions: ["v1"], resources: ["x"] }],
  }));
  const apiVersion = "admissionregistration.k8s.io/v1";
  const configuration = { apiVersion, kind: "ValidatingWebhookConfiguration", metadata, webhooks };
  await create(configuration, "validatingwebhookconfigurations");
  const names = "--secret-name=certificate --namespace=default";
  const told = async (name: string, args: string) => {
    const image = "registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.6.0";
    const containers = [{ name: "c", image, args: `${args} ${names}`.split(" ") }];
    const spec = { restartPolicy: "Never", containers };
    await create({ apiVersion: "v1", kind: "Pod", metadata: { name }, spec }, "pods");
    const pod = { namespace: "default", resource: "pods", name };
    const isOver = async () => /^(Succ|Fail)/.test((await api<Pod>({ verb: "get", ...pod })).body.status.phase ?? "");
    assert.ok(await until(isOver), name);
    const log = (await api<string>({ verb: "get", ...pod, subresource: "log" })).body.trim().split("\n");
    return log.map((line) => (JSON.parse(line) as { readonly msg: string }).msg);
  };
  const patch = "patch --webhook-name=hook --patch-mutating=false --patch-failure-policy=Fail";
  assert.deepEqual(await told("early", patch), ["no secret found", "no secret with 'certificate' in 'default'"]);
  const make = "create --host=hook.default.svc --cert-name=tls.crt --key-name=tls.key";
  assert.deepEqual(await told("first", make), ["no secret found", "creating new secret"]);
  assert.deepEqual(await told("second", make), ["secret already exists"]);
  const patching = "patching webhook configurations 'hook' mutating=false, validating=true, failurePolicy=Fail";
  assert.deepEqual(await told("late", patch), [patching, "Patched hook(s)"]);
  const secret = await api<{ data: Record<string, string> }>({
    ...{ verb: "get", resource: "secrets", namespace: "default", name: "certificate" },
  });
  const { ca = "", "tls.crt": shown = "", "tls.key": key = "" } = secret.body.data;
  const judged = { shown: atob(shown), trusted: atob(ca), name: "hook.default.svc", atMs: lab.cluster.nowMs() };
  assert.deepEqual([realTrust.judge(judged), realTrust.keyProblem(atob(shown), atob(key))], [undefined, undefined]);
  const { body } = await api<typeof configuration>({
    ...{
      verb: "get",
      group: "admissionregistration.k8s.io",
      name: "hook",
      resource: "validatingwebhookconfigurations",
    },
  });
  const [hook] = body.webhooks as readonly { failurePolicy: string; clientConfig: { caBundle?: string } }[];
  assert.deepEqual([hook?.failurePolicy, hook?.clientConfig.caBundle], ["Fail", ca]);
});
