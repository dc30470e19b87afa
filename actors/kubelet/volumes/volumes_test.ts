import { assert, test } from "../../../properties/house/test.ts";
import { claimGroups } from "./_claim_volume.ts";
import type { ObjectNeed, PodVolume, VolumeContext } from "./_volume_type.ts";
import { typeOf, volumePath } from "./_volumes_of.ts";

const cfg = { data: { a: "1", b: "ü" }, binaryData: { c: "AP8=" } };
const sec = { data: { pw: "c2VjcmV0" } };
const objects: Readonly<Record<string, unknown>> = { "ConfigMap/cfg": cfg, "Secret/sec": sec };
const container = { name: "c", image: "app:1", resources: { limits: { memory: "64Mi" } } };
const metadata = { name: "p", namespace: "default", uid: "u1", labels: { b: '"2"', a: "1" } };

const pem = (body: string) => `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
const bundle = (name: string, trustBundle: string, more: object = {}, labels: Record<string, string> = {}) => ({
  ...{ apiVersion: "certificates.k8s.io/v1beta1", kind: "ClusterTrustBundle", metadata: { name, labels } },
  spec: { trustBundle, ...more },
});
const bundles = [
  bundle("plain", `${pem("BBBB")}words between\n${pem("AAAA")}`),
  bundle("example.com:s:1", pem("CCCC"), { signerName: "example.com/s" }, { live: "yes" }),
  bundle("example.com:s:2", `${pem("CCCC")}${pem("AAAA")}`, { signerName: "example.com/s" }, { live: "no" }),
  bundle("example.com:t:1", pem("DDDD"), { signerName: "example.com/t" }, { live: "yes" }),
];

const context: VolumeContext = {
  pod: { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] }, status: {} } as never,
  hostIps: ["192.168.0.1"],
  allocatable: { memory: "8Gi" },
  find: ({ kind, name }: ObjectNeed) => objects[`${kind}/${name}`] as never,
  token: ({ audience, expirationSeconds }) => `token for ${audience || "the API"}, ${expirationSeconds} s`,
  bundles: () => bundles,
};

/** The files that a volume becomes, as `path mode data`; or why it does not. */
function filesOf(source: Omit<PodVolume, "name">): readonly string[] | string {
  const volume = { name: "v", ...source };
  const order = typeOf(volume)?.order({ volume, path: "/somewhere", context });
  if (!order?.ok) return order?.failure ?? "no such type";
  if (order.value.kind !== "files") return JSON.stringify(order.value);
  return order.value.files.map(({ path, mode, data }) => `${path} ${mode.toString(8)} ${data}`);
}

test("a ConfigMap's keys are files in UTF-8, or bytes as they are; a selection has its own paths and modes", () => {
  assert.deepEqual(filesOf({ configMap: { name: "cfg" } }), ["a 644 1", "b 644 \u00c3\u00bc", "c 644 \u0000\u00ff"]);
  const items = [{ key: "a", path: "deep/er", mode: 0o400 }];
  assert.deepEqual(filesOf({ configMap: { name: "cfg", items, defaultMode: 0o600 } }), ["deep/er 400 1"]);
});

test("what is missing is told as a kubelet does, and is nothing where it is optional", () => {
  assert.equal(filesOf({ configMap: { name: "none" } }), 'configmap "none" not found');
  assert.equal(filesOf({ secret: { secretName: "none" } }), 'secret "none" not found');
  const items = [{ key: "x", path: "x" }];
  assert.equal(filesOf({ configMap: { name: "cfg", items } }), "references non-existent config key: x");
  assert.equal(filesOf({ secret: { secretName: "sec", items } }), "references non-existent secret key: x");
  assert.deepEqual(filesOf({ configMap: { name: "none", optional: true } }), []);
  assert.deepEqual(filesOf({ secret: { secretName: "sec", items, optional: true } }), []);
});

test("claimGroups() finds whose the volumes of claims are said to be, and nothing where that is no group", () => {
  const volumes = ["mine", "other", "none"].map((name) => ({ name, persistentVolumeClaim: { claimName: name } }));
  const pod = { ...context.pod, spec: { containers: [container], volumes: [...volumes, { name: "e", emptyDir: {} }] } };
  const gids: Readonly<Record<string, string>> = { mine: "777", other: "staff" };
  const find: VolumeContext["find"] = ({ kind, name }) => {
    const annotations = { "pv.beta.kubernetes.io/gid": gids[name] };
    const object =
      kind === "PersistentVolumeClaim" ? { spec: { volumeName: name } } : { metadata: { annotations }, spec: {} };
    return object as unknown as ReturnType<VolumeContext["find"]>;
  };
  assert.deepEqual(claimGroups({ pod: pod as VolumeContext["pod"], find }), [777]);
});

test("a token is its user's alone where a pod says who that is, and its group's where it has one", () => {
  const volume = { name: "v", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } };
  const accessOf = (spec: object) => {
    const pod = { ...context.pod, spec: { containers: [container], ...spec } } as VolumeContext["pod"];
    const order = typeOf(volume)?.order({ volume, path: "/somewhere", context: { ...context, pod } });
    if (!order?.ok || order.value.kind !== "files") return assert.fail("it is a folder of files");
    return order.value.files.map(({ mode, uid }) => [mode.toString(8), uid]);
  };
  const as = (runAsUser: number) => ({ ...container, securityContext: { runAsUser } });
  assert.deepEqual(accessOf({}), [["644", undefined]]);
  assert.deepEqual(accessOf({ securityContext: { runAsUser: 1000 } }), [["600", 1000]]);
  assert.deepEqual(accessOf({ securityContext: { fsGroup: 10_000 } }), [["600", undefined]]);
  assert.deepEqual(accessOf({ containers: [as(1)], initContainers: [as(1)] }), [["600", 1]]);
  assert.deepEqual(accessOf({ containers: [as(1), as(2)] }), [["644", undefined]]);
  assert.deepEqual(accessOf({ containers: [as(1), container] }), [["644", undefined]]);
});

test("a projected source of which an API server has forgotten what it was is no files", () => {
  assert.deepEqual(filesOf({ projected: { sources: [{}, { configMap: { name: "cfg" } }, {}] } }).length, 3);
  assert.deepEqual(filesOf({ projected: { sources: [{}] } }), []);
});

test("sources are projected into one folder, later ones over earlier ones", () => {
  const sources = [
    { configMap: { name: "cfg", items: [{ key: "a", path: "x" }] } },
    { secret: { name: "sec", items: [{ key: "pw", path: "x" }] } },
    { serviceAccountToken: { path: "token", audience: "vault", expirationSeconds: 700 } },
    { serviceAccountToken: { path: "own" } },
    { downwardAPI: { items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }] } },
    {
      downwardAPI: {
        items: [
          { path: "mem", resourceFieldRef: { containerName: "c", resource: "limits.memory", divisor: "1Mi" } },
          { path: "asked", resourceFieldRef: { containerName: "c", resource: "requests.memory" } },
        ],
      },
    },
  ];
  assert.deepEqual(filesOf({ projected: { sources, defaultMode: 0o440 } }), [
    "x 440 secret",
    "token 440 token for vault, 700 s",
    "own 440 token for the API, 3600 s",
    'labels 440 a="1"\nb="\\"2\\""',
    "mem 440 64",
    "asked 440 67108864",
  ]);
  const needs = typeOf({ name: "v", projected: { sources } })?.needs?.({ name: "v", projected: { sources } }, context);
  assert.deepEqual(
    needs?.map(({ kind }) => kind),
    ["ConfigMap", "Secret", "Token", "Token"],
  );
});

test("an empty folder has its limit, a claim that is not bound waits, and each has its place", () => {
  const inMemory = { emptyDir: { sizeLimit: "1Mi", medium: "Memory" } };
  assert.equal(filesOf(inMemory), '{"kind":"empty","path":"/somewhere","isInMemory":true,"bytesMax":1048576}');
  // On disk more can be written: the pod is evicted for it.
  assert.equal(filesOf({ emptyDir: { sizeLimit: "1Mi" } }), '{"kind":"empty","path":"/somewhere"}');
  assert.equal(filesOf({ emptyDir: {} }), '{"kind":"empty","path":"/somewhere"}');
  const claim = { persistentVolumeClaim: { claimName: "data" } };
  assert.equal(filesOf(claim), 'persistentvolumeclaim "data" not found');
  assert.equal(filesOf({ nfs: { server: "s", path: "/" } }), "no such type");
  const volume = { name: "v", emptyDir: {} };
  const type = typeOf(volume);
  assert.equal(type && volumePath("u1", volume, type), "/var/lib/kubelet/pods/u1/volumes/kubernetes.io~empty-dir/v");
});

test("bundles of trust are one file, each certificate once, whoever tells of it", () => {
  const path = "ca.pem";
  const from = (clusterTrustBundle: object) =>
    filesOf({ projected: { sources: [{ clusterTrustBundle: { path, ...clusterTrustBundle } }] } } as never);
  assert.deepEqual(from({ name: "plain" }), [`ca.pem 644 ${pem("AAAA")}${pem("BBBB")}`]);
  const signerName = "example.com/s";
  assert.deepEqual(from({ signerName, labelSelector: {} }), [`ca.pem 644 ${pem("AAAA")}${pem("CCCC")}`]);
  const labelSelector = { matchLabels: { live: "yes" } };
  assert.deepEqual(from({ signerName, labelSelector }), [`ca.pem 644 ${pem("CCCC")}`]);
});

test("bundles of trust that are not there keep a pod waiting, unless they are optional", () => {
  const from = (clusterTrustBundle: object) =>
    filesOf({ projected: { sources: [{ clusterTrustBundle: { path: "p", ...clusterTrustBundle } }] } } as never);
  const missing = 'while getting ClusterTrustBundle: clustertrustbundle.certificates.k8s.io "none" not found';
  assert.equal(from({ name: "none" }), missing);
  const zero = "combination of signerName and labelSelector matched zero ClusterTrustBundles";
  assert.equal(from({ signerName: "example.com/s" }), zero);
  assert.equal(from({ signerName: "example.com/u", labelSelector: {} }), zero);
  assert.deepEqual(from({ name: "none", optional: true }), ["p 644 "]);
});
