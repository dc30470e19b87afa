import { assert, test } from "../../../properties/house/test.ts";
import type { Pod } from "../../api/types.ts";
import { configHash, isMirrorOf, mirrorOf, staticPod } from "./static_pod.ts";

const place = { node: "node-1", file: "web.yaml" };
const manifest = (spec: object = {}, metadata: object = {}): Pod =>
  ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", ...metadata },
    spec: { containers: [{ name: "web", image: "nginx" }], ...spec },
    status: {},
  }) as never;

test("staticPod() names a pod after its node, binds it there, and has it stay whatever the node's trouble", () => {
  const made = staticPod(manifest(), place);
  assert.ok(made.ok);
  const { metadata, spec } = made.value;
  assert.deepEqual([metadata.name, metadata.namespace, spec.nodeName], ["web-node-1", "default", "node-1"]);
  assert.match(metadata.uid ?? "", /^[0-9a-f]{32}$/);
  assert.equal(metadata.annotations?.[configHash], metadata.uid);
  assert.deepEqual(spec.tolerations, [{ operator: "Exists", effect: "NoExecute" }]);
  assert.equal(spec.restartPolicy, "Always", "what a manifest leaves out is as the API has it");
});

test("staticPod() tells manifests, files and nodes apart by the uid, and keeps one that a manifest says", () => {
  const uidOf = (pod: Pod, where = place) => {
    const made = staticPod(pod, where);
    return made.ok ? made.value.metadata.uid : assert.fail(made.failure);
  };
  assert.equal(uidOf(manifest()), uidOf(manifest()));
  const others = [uidOf(manifest({ hostNetwork: true })), uidOf(manifest(), { ...place, node: "node-2" })];
  const all = [uidOf(manifest()), ...others, uidOf(manifest(), { ...place, file: "other.yaml" })];
  assert.equal(new Set(all).size, 4);
  assert.equal(uidOf(manifest({}, { uid: "my-own" })), "my-own");
});

test("staticPod() refuses what no node can run by itself, in the kubelet's words", () => {
  const why = (spec: object, metadata: object = {}) => {
    const made = staticPod(manifest(spec, metadata), place);
    return made.ok ? undefined : made.failure;
  };
  const volume = (source: object) => ({ volumes: [{ name: "v", ...source }] });
  const env = (valueFrom: object) => ({
    containers: [{ name: "web", image: "nginx", env: [{ name: "A", valueFrom }] }],
  });
  const key = { name: "it", key: "a" };
  assert.equal(why({}, { name: "" }), "invalid pod: name is needed for the pod");
  assert.match(why({ containers: [] }) ?? "", /^invalid pod: \[spec\.containers: Required value/);
  assert.match(why({}, { uid: "../../etc" }) ?? "", /^invalid pod: uid /);
  const may = (reference: string) => `static pods may not reference ${reference}`;
  assert.equal(why({ serviceAccountName: "default" }), may("serviceaccounts"));
  assert.equal(why({ serviceAccount: "default" }), may("serviceaccounts"));
  assert.equal(why({ imagePullSecrets: [{ name: "it" }] }), may("secrets"));
  assert.equal(why(env({ secretKeyRef: key })), may("secrets"));
  assert.equal(why(env({ configMapKeyRef: key })), may("configmaps"));
  assert.equal(why(volume({ secret: { secretName: "it" } })), may("secrets"));
  assert.equal(why(volume({ configMap: { name: "it" } })), may("configmaps"));
  assert.equal(why(volume({ persistentVolumeClaim: { claimName: "it" } })), may("persistentvolumeclaims"));
  const projected = { sources: [{ serviceAccountToken: { path: "t", expirationSeconds: 3600 } }] };
  assert.equal(why(volume({ projected })), may("serviceaccounts (via projected volumes)"));
  const own = { sources: [{ downwardAPI: { items: [] } }] };
  for (const source of [{ emptyDir: {} }, { hostPath: { path: "/srv", type: "" } }, { projected: own }]) {
    assert.equal(why(volume(source)), undefined, JSON.stringify(source));
  }
});

test("mirrorOf() shows a static pod, owned by its node and without a uid of its own", () => {
  const made = staticPod(manifest(), place);
  assert.ok(made.ok);
  const mirror = mirrorOf(made.value, { node: "node-1", uid: "u1" });
  assert.equal(mirror.metadata.uid, undefined);
  assert.deepEqual(mirror.metadata.ownerReferences, [
    { apiVersion: "v1", kind: "Node", name: "node-1", uid: "u1", controller: true },
  ]);
  assert.ok(isMirrorOf(mirror, made.value));
  const other = staticPod(manifest({ hostNetwork: true }), place);
  assert.ok(other.ok && !isMirrorOf(mirror, other.value));
});
