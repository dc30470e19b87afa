import type { Pod } from "../../actors/api/types.ts";
import { assert, test } from "../../properties/house/test.ts";
import { smallCluster } from "../../properties/stages/cluster/small_cluster.ts";

const corefile = `.:53 {
    errors
    log
    health {
       lameduck 5s
    }
    ready
    rewrite name exact old.example.com web.default.svc.cluster.local
    hosts {
        192.0.2.7 box.example.com
        fallthrough
    }
    kubernetes cluster.local own.zone in-addr.arpa ip6.arpa {
       pods insecure
       fallthrough in-addr.arpa ip6.arpa
       ttl 30
    }
    prometheus :9153
    forward . /etc/resolv.conf
    cache 30
    loop
    reload
    loadbalance
}
`;

const script = `
ask() { dig +noall +answer "$@" | tr -s '\\t' ' '; }
until wget -qO- http://$DNS:8181/ready; do sleep 1; done; echo
wget -qO- http://$DNS:8080/health; echo
ask @$DNS web.default.svc.cluster.local A
ask @$DNS web.default.svc.own.zone A
ask @$DNS +tcp web.default.svc.cluster.local A
ask @$DNS old.example.com A
ask @$DNS box.example.com A
ask @$DNS -x 192.0.2.7
ask @$DNS -x 10.96.0.77
dig @$DNS none.default.svc.cluster.local A | grep -o 'status: [A-Z]*'
dig @$DNS away.example.org A | grep -o 'status: [A-Z]*'
wget -qO- http://$DNS:9153/metrics | grep -c coredns_build_info{
`;

test("a CoreDNS that somebody installs answers for the cluster's names by its Corefile, once its account may look", async () => {
  await using lab = await smallCluster();
  const { api, until, create } = lab;
  const rbac = "rbac.authorization.k8s.io";
  const v1 = { apiVersion: "v1" };
  await create({ ...v1, kind: "ConfigMap", metadata: { name: "coredns" }, data: { Corefile: corefile } }, "configmaps");
  const service = { selector: { app: "web" }, clusterIP: "10.96.0.77", ports: [{ port: 80 }] };
  await create({ ...v1, kind: "Service", metadata: { name: "web" }, spec: service }, "services");
  const container = {
    ...{ name: "coredns", image: "registry.k8s.io/coredns/coredns:v1.12.1", args: ["-conf", "/etc/coredns/Corefile"] },
    volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
    readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
  };
  const volumes = [{ name: "config", configMap: { name: "coredns" } }];
  const spec = { dnsPolicy: "Default", containers: [container], volumes };
  await create({ ...v1, kind: "Pod", metadata: { name: "dns" }, spec }, "pods");
  const podOf = (name: string) => ({ verb: "get", namespace: "default", resource: "pods", name }) as const;
  const pod = async (name: string) => (await api<Pod>(podOf(name))).body;
  const isReady = async () =>
    (await pod("dns")).status.conditions?.find(({ type }) => type === "Ready")?.status === "True";
  assert.ok(await until(async () => (await pod("dns")).status.phase === "Running"));
  await lab.cluster.wait(5_000);
  assert.equal(await isReady(), false);
  const logOf = async (name: string) => (await api<string>({ ...podOf(name), subresource: "log" })).body;
  assert.match(await logOf("dns"), /\[ERROR\] plugin\/kubernetes: Failed to watch: services is forbidden/);

  const rules = [
    { apiGroups: [""], resources: ["endpoints", "services", "pods", "namespaces"], verbs: ["list", "watch"] },
    { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
  ];
  const apiVersion = `${rbac}/v1`;
  await create({ apiVersion, kind: "ClusterRole", metadata: { name: "dns" }, rules }, "clusterroles");
  const subjects = [{ kind: "ServiceAccount", name: "default", namespace: "default" }];
  const roleRef = { apiGroup: rbac, kind: "ClusterRole", name: "dns" };
  await create(
    { apiVersion, kind: "ClusterRoleBinding", metadata: { name: "dns" }, subjects, roleRef },
    "clusterrolebindings",
  );
  assert.ok(await until(isReady));

  const env = [{ name: "DNS", value: (await pod("dns")).status.podIP }];
  const client = { name: "c", image: "nicolaka/netshoot", command: ["sh", "-c", script], env };
  await create(
    { ...v1, kind: "Pod", metadata: { name: "asks" }, spec: { restartPolicy: "Never", containers: [client] } },
    "pods",
  );
  assert.ok(await until(async () => ["Succeeded", "Failed"].includes((await pod("asks")).status.phase ?? "")));
  assert.deepEqual((await logOf("asks")).split("\n"), [
    ...["OK", "OK"],
    "web.default.svc.cluster.local. 30 IN A 10.96.0.77",
    "web.default.svc.own.zone. 30 IN A 10.96.0.77",
    "web.default.svc.cluster.local. 30 IN A 10.96.0.77",
    "old.example.com. 30 IN A 10.96.0.77",
    "box.example.com. 3600 IN A 192.0.2.7",
    "7.2.0.192.in-addr.arpa. 3600 IN PTR box.example.com.",
    "77.0.96.10.in-addr.arpa. 30 IN PTR web.default.svc.cluster.local.",
    "status: NXDOMAIN",
    "status: REFUSED",
    "1",
    "",
  ]);
  const log = await logOf("dns");
  assert.match(log, /^\.:53$/m);
  assert.match(log, /^CoreDNS-1\.12\.1$/m);
  assert.match(
    log,
    /^\[INFO\] 10\.244\.0\.\d+:\d+ - \d+ "A IN web\.default\.svc\.cluster\.local\. udp \d+ false 512" NOERROR qr,aa,rd \d+ \d\.\d{9}s$/m,
  );
});
