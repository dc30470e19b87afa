import { assert, test } from "../../../properties/house/test.ts";
import { firstOpinion, judgePath, judgeResource } from "./_authorize.ts";
import type { Authorizer, Decision, Opinion } from "./_authorizer.ts";
import { createRights } from "./_rights.ts";

const says = (decision: Decision | undefined, place: number, reason = ""): Authorizer => ({
  name: `${decision}`,
  place,
  ...(decision === undefined ? {} : { onPath: (): Opinion => ({ decision, reason }) }),
});
/** By the roles that every cluster has from the start. */
const rights = createRights(new Map());
const asking = { user: { name: "a", groups: [] }, verb: "get", path: "/" };
const ask = (...authorizers: readonly Authorizer[]) =>
  firstOpinion(authorizers, ({ onPath }) => onPath?.(asking, rights));

test("the first authorizer with an opinion decides: to allow, or to deny for good; where none has, it is denied", () => {
  assert.deepEqual(ask(), { decision: "no opinion", reason: "" });
  const both = ask(
    says(undefined, 1),
    says("no opinion", 2, "one"),
    says("no opinion", 2),
    says("no opinion", 3, "two"),
  );
  assert.deepEqual(both, { decision: "no opinion", reason: "one\ntwo" });
  assert.equal(ask(says("no opinion", 1), says("allow", 2), says("deny", 3)).decision, "allow");
  assert.equal(ask(says("deny", 1), says("allow", 2)).decision, "deny");
});

test("no component reaches into containers, nor is any an administrator", () => {
  const users = ["system:kube-controller-manager", "system:kube-scheduler", "system:kube-proxy"];
  const accounts = ["generic-garbage-collector", "namespace-controller", "coredns"];
  const names = [...users, ...accounts.map((name) => `system:serviceaccount:kube-system:${name}`)];
  const may = (name: string, verb: string, resource: string, groups = ["system:authenticated"]) =>
    judgeResource(rights, { user: { name, groups }, verb, group: "", resource, namespace: "default", name: "p" });
  for (const name of names) {
    for (const part of ["exec", "attach", "portforward"]) {
      assert.equal(may(name, "create", `pods/${part}`).decision, "no opinion", `${name} ${part}`);
    }
    assert.equal(may(name, "create", "secrets").decision, name === users[0] ? "allow" : "no opinion", name);
    assert.equal(may(name, "impersonate", "users").decision, "no opinion", name);
  }
  assert.deepEqual(may("admin", "create", "pods/exec", ["system:masters"]), { decision: "allow", reason: "" });
});

test("paths are read by whom roles let read them", () => {
  const may = (groups: string[], verb: string, path: string) =>
    judgePath(rights, { user: { name: "x", groups }, verb, path }).decision === "allow";
  const known = ["system:authenticated"];
  const stranger = ["system:unauthenticated"];
  assert.deepEqual(
    ["/livez", "/version", "/apis", "/openapi/v2", "/", "/metrics"].map((path) => may(stranger, "get", path)),
    [true, true, false, false, false, false],
  );
  assert.deepEqual(
    ["/livez", "/apis/apps/v1", "/openapi/v2", "/", "/metrics"].map((path) => may(known, "get", path)),
    [true, true, true, false, false],
  );
  assert.deepEqual([may(known, "post", "/livez"), may(["system:monitoring"], "get", "/livez/ping")], [false, true]);
  assert.equal(may(["system:masters"], "post", "/anything"), true);
});
