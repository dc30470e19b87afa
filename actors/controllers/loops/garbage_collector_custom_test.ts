import { assert, test } from "../../../properties/house/test.ts";
import { type ControllerLab, createControllerLab } from "../../../properties/stages/controllers/lab.ts";

const namespace = "default";
const group = "stable.example.com";
const custom = { group, version: "v1", namespace };
const loops = ["garbage-collector", "custom-resource-definition"];
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `shops.${group}` },
  spec: {
    group,
    scope: "Namespaced",
    names: { plural: "shops", kind: "Shop" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

interface Made {
  readonly kind: "Shop" | "ConfigMap";
  readonly name: string;
  readonly uid: string;
}

const lab = (options: { servers?: number; managers?: number } = {}) =>
  createControllerLab({ loops, runsPods: false, ...options });

function define(at: ControllerLab): void {
  const answer = at.call("create", "customresourcedefinitions", { body: definition });
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  at.simulation.advance(500);
}

function undefine(at: ControllerLab): void {
  at.call("delete", "customresourcedefinitions", { name: definition.metadata.name, body: {} });
  assert.ok(at.until(() => at.one("customresourcedefinitions", definition.metadata.name, "") === undefined));
}

const apiVersionOf = (kind: Made["kind"]) => (kind === "Shop" ? `${group}/v1` : "v1");

function make(at: ControllerLab, what: Pick<Made, "kind" | "name">, owners: readonly Made[] = []): Made {
  const { kind, name } = what;
  const ownerReferences = owners.map((each) => ({
    apiVersion: apiVersionOf(each.kind),
    kind: each.kind,
    name: each.name,
    uid: each.uid,
    blockOwnerDeletion: true,
  }));
  const body = { apiVersion: apiVersionOf(kind), kind, metadata: { name, ownerReferences } };
  const plural = kind === "Shop" ? "shops" : "configmaps";
  const answer = at.call("create", plural, { ...(kind === "Shop" ? custom : { namespace }), body });
  assert.equal(answer.code, 201, JSON.stringify(answer.body));
  return { ...what, uid: answer.body.metadata.uid };
}

const close = (at: ControllerLab, name: string, propagationPolicy: string) =>
  at.call("delete", "shops", { ...custom, name, body: { propagationPolicy } });
const shop = (at: ControllerLab, name: string) => at.call("get", "shops", { ...custom, name });
const maps = (at: ControllerLab) => at.all("configmaps").map(({ metadata }) => metadata.name);

test("garbageCollector takes what a custom resource owns along with it, in the background", () => {
  const at = lab();
  define(at);
  const owner = make(at, { kind: "Shop", name: "a" });
  make(at, { kind: "ConfigMap", name: "b" }, [owner]);
  make(at, { kind: "ConfigMap", name: "other" });
  at.simulation.advance(2_000);
  assert.deepEqual(maps(at), ["b", "other"]);
  close(at, "a", "Background");
  assert.ok(at.until(() => maps(at).join() === "other"));
});

test("garbageCollector keeps a custom resource that goes in the foreground until its dependents are gone", () => {
  const at = lab();
  define(at);
  const owner = make(at, { kind: "Shop", name: "a" });
  const inner = make(at, { kind: "Shop", name: "b" }, [owner]);
  make(at, { kind: "ConfigMap", name: "c" }, [inner]);
  close(at, "a", "Foreground");
  assert.deepEqual(shop(at, "a").body.metadata.finalizers, ["foregroundDeletion"]);
  assert.ok(at.until(() => shop(at, "a").code === 404));
  assert.deepEqual([shop(at, "b").code, maps(at)], [404, []]);
});

test("garbageCollector releases what an orphaning custom resource owns, custom resources too", () => {
  const at = lab();
  define(at);
  const owner = make(at, { kind: "Shop", name: "a" });
  make(at, { kind: "Shop", name: "b" }, [owner]);
  make(at, { kind: "ConfigMap", name: "c" }, [owner]);
  close(at, "a", "Orphan");
  assert.ok(at.until(() => shop(at, "a").code === 404));
  at.simulation.advance(2_000);
  assert.equal(shop(at, "b").body.metadata.ownerReferences, undefined);
  assert.equal(at.one("configmaps", "c").metadata.ownerReferences, undefined);
});

test("garbageCollector deletes a custom resource whose owner is gone, and takes a lost owner of two off it", () => {
  const at = lab();
  define(at);
  const [a, b] = [make(at, { kind: "ConfigMap", name: "a" }), make(at, { kind: "ConfigMap", name: "b" })];
  make(at, { kind: "Shop", name: "both" }, [a, b]);
  make(at, { kind: "Shop", name: "one" }, [a]);
  at.call("delete", "configmaps", { namespace, name: "a", body: {} });
  assert.ok(at.until(() => shop(at, "one").code === 404));
  assert.ok(at.until(() => shop(at, "both").body.metadata.ownerReferences?.length === 1));
  assert.equal(shop(at, "both").body.metadata.ownerReferences[0].uid, b.uid);
});

test("garbageCollector follows a definition that goes and comes back, and never deletes for a kind that it does not know", () => {
  const at = lab({ servers: 2 });
  make(at, { kind: "ConfigMap", name: "early" }, [{ kind: "Shop", name: "never", uid: "no-such-uid" }]);
  at.simulation.advance(5_000);
  assert.deepEqual(maps(at), ["early"]);
  define(at);
  assert.ok(at.until(() => maps(at).length === 0));
  const owner = make(at, { kind: "Shop", name: "a" });
  make(at, { kind: "ConfigMap", name: "b" }, [owner]);
  at.simulation.advance(1_000);
  undefine(at);
  assert.ok(at.until(() => maps(at).length === 0));
  make(at, { kind: "ConfigMap", name: "late" }, [owner]);
  const before = at.revision();
  at.simulation.advance(60_000);
  assert.deepEqual(maps(at), ["late"]);
  define(at);
  assert.ok(at.until(() => maps(at).length === 0));
  const again = make(at, { kind: "Shop", name: "a" });
  make(at, { kind: "ConfigMap", name: "c" }, [again]);
  at.simulation.advance(2_000);
  assert.deepEqual(maps(at), ["c"]);
  close(at, "a", "Background");
  assert.ok(at.until(() => maps(at).length === 0));
  assert.ok(at.revision() > before);
});

test("garbageCollector that starts anew knows the custom kinds again", () => {
  const at = lab();
  define(at);
  const owner = make(at, { kind: "Shop", name: "a" });
  make(at, { kind: "ConfigMap", name: "b" }, [owner]);
  at.simulation.advance(1_000);
  at.simulation.faults.begin({ kind: "crash", parameters: { actor: "manager-0/garbage-collector" } });
  at.simulation.faults.heal();
  close(at, "a", "Background");
  assert.ok(at.until(() => maps(at).length === 0));
});
