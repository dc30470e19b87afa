import { assert, test } from "../../properties/house/test.ts";
import { manifestPod } from "./manifest_text.ts";

const web = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers: [{name: web, image: nginx, imagePolicy: none}]
`;

test("manifestPod() reads a pod of YAML or JSON, without fields that pods do not have", () => {
  const read = manifestPod(web);
  assert.ok(read.ok);
  assert.equal(read.value.metadata.name, "web");
  assert.deepEqual(read.value.spec.containers, [{ name: "web", image: "nginx" }]);
  const json = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata: { name: "web" }, spec: { containers: [] } });
  assert.ok(manifestPod(json).ok);
});

test("manifestPod() says why a text is no pod", () => {
  const why = (text: string) => {
    const read = manifestPod(text);
    return read.ok ? undefined : read.failure;
  };
  assert.match(why("a: [") ?? "", /^yaml: line /);
  assert.equal(why("kind: Pod"), `Object 'apiVersion' is missing in '{"kind":"Pod"}'`);
  assert.equal(why(""), "Object 'Kind' is missing in 'null'");
  assert.equal(why("apiVersion: v1\nkind: PodList\nitems: []"), "invalid pod: it is a PodList of v1");
  assert.equal(why("apiVersion: apps/v1\nkind: Deployment"), "invalid pod: it is a Deployment of apps/v1");
  assert.match(why("kind: {toString: 1, valueOf: 1}") ?? "", /Go struct field \.kind of type string$/);
  assert.match(why(`${web}  hostNetwork: maybe\n`) ?? "", /^Pod in version "v1" cannot be handled as a Pod: json: /);
});
