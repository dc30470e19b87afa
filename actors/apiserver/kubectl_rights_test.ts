import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { assert, scenario } from "../../properties/house/test.ts";
import { cast } from "../../properties/stages/apiserver/cast.ts";
import { kubectl } from "../../properties/stages/kubectl.ts";
import { createPoolHost } from "../../runtime/hosts/free/pool.ts";
import { clusterCredentials } from "../../scenarios/cluster/certificates.ts";
import { kubeconfigText, writeKubeconfig } from "../../scenarios/cluster/kubeconfig.ts";

const operator = `
apiVersion: v1
kind: ServiceAccount
metadata: {name: operator, namespace: default}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: operator, namespace: default}
rules: [{apiGroups: [""], resources: [configmaps], verbs: [get, list, create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: operator, namespace: default}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: operator}
subjects: [{kind: ServiceAccount, name: operator, namespace: default}]
`;

scenario(
  "kubectl gives rights by roles, asks for them, and a user and an operator with tokens are refused what theirs do not give",
  {},
  async (context) => {
    const credentials = await clusterCredentials();
    const port = 30_000 + (process.pid % 10_000);
    const host = context.use(await createPoolHost({ cast, workers: 1 }));
    await host.spawn({ name: "store", kind: "fakeStore", input: {} });
    const https = { host: "127.0.0.1", port, ...credentials.serving, clientCa: credentials.caCert };
    const tokens = { "janes-token": { name: "jane", groups: ["dev", "system:authenticated"] } };
    await host.spawn({ name: "apiserver-0", kind: "apiserver", input: { stores: ["store"], https, tokens } });
    const server = `https://127.0.0.1:${port}`;
    const folder = await context.folder();
    const admin = join(folder, "admin");
    await writeKubeconfig(admin, kubeconfigText({ server, credentials }));
    while ((await host.inspect("apiserver-0"))?.phase !== "serving")
      await new Promise((resolve) => setTimeout(resolve, 20));

    const say = async (kubeconfig: string, line: string, input = "") => {
      const { stdout, stderr } = await kubectl(line.split(" "), { kubeconfig, input });
      return `${stdout}${stderr}`.trim();
    };
    const tokenHolder = async (name: string, token: string) => {
      const authority = Buffer.from(credentials.caCert).toString("base64");
      const config = {
        apiVersion: "v1",
        kind: "Config",
        clusters: [{ name: "c", cluster: { server, "certificate-authority-data": authority } }],
        users: [{ name, user: { token } }],
        contexts: [{ name, context: { cluster: "c", user: name } }],
        "current-context": name,
      };
      await writeFile(join(folder, name), JSON.stringify(config));
      return join(folder, name);
    };
    const jane = await tokenHolder("jane", "janes-token");

    assert.equal(await say(jane, "auth can-i list pods"), "no");
    assert.match(
      await say(jane, "get pods"),
      /\(Forbidden\): pods is forbidden: User "jane" cannot list resource "pods"/,
    );
    await say(admin, "create role reader --verb=get,list --resource=pods");
    await say(admin, "create rolebinding readers --role=reader --group=dev");
    assert.equal(await say(jane, "auth can-i list pods"), "yes");
    assert.match(await say(jane, "auth can-i --list"), /^pods +\[\] +\[\] +\[get list\]$/m);
    assert.equal(await say(admin, "auth can-i list pods -n other --as=jane --as-group=dev"), "no");
    assert.match(
      await say(jane, "get --raw /api/v1/pods --as=bob"),
      /User "jane" cannot impersonate resource "users" in API group ""/,
    );

    assert.match(
      await say(admin, "auth reconcile -f -", operator),
      /missing rules added:[\s\S]*missing subjects added:/,
    );
    assert.equal(await say(admin, "auth can-i * *"), "yes");
    // An account is made by apply: reconcile is for rights alone.
    await say(admin, "apply -f -", operator);
    const robot = await tokenHolder("operator", await say(admin, "create token operator"));
    assert.match(await say(robot, "auth whoami"), /system:serviceaccount:default:operator/);
    assert.equal(await say(robot, "create configmap state --from-literal=a=b"), "configmap/state created");
    assert.match(
      await say(robot, "delete configmap state"),
      /configmaps "state" is forbidden: User "system:serviceaccount:default:operator" cannot delete resource "configmaps"/,
    );
    await say(admin, "delete rolebinding operator");
    assert.match(await say(robot, "get configmaps"), /\(Forbidden\): configmaps is forbidden/);
  },
);
