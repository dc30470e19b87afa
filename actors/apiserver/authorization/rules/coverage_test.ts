import { assert, fc, property, test } from "../../../../properties/house/test.ts";
import { allowsPath, compacted, isAbout, isForName, missingRules, partsOf, type Rule, ruleText } from "./coverage.ts";

const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[]): Rule => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames ? { resourceNames } : {}),
});

test("a rule is about verbs, groups and resources that it names, or all of them", () => {
  const wish = (verb: string, group: string, resource: string) => ({ verb, group, resource });
  const get = wish("get", "", "pods");
  const cases: readonly [Rule, boolean][] = [
    [rule(["get", "list"], ["", "apps"], ["services", "pods"]), true],
    [rule(["list"], [""], ["pods"]), false],
    [rule(["get"], ["apps"], ["pods"]), false],
    [rule(["get"], [""], ["services"]), false],
    [rule(["*"], ["*"], ["*"]), true],
    [rule(["get"], [""], ["pods/status"]), false],
    [{ verbs: ["get"], nonResourceURLs: ["*"] }, false],
  ];
  for (const [each, is] of cases) assert.equal(isAbout(each, get), is, ruleText(each));
  const scale = wish("get", "apps", "deployments/scale");
  for (const [resources, is] of [
    [["deployments/scale"], true],
    [["*/scale"], true],
    [["*"], true],
    [["deployments"], false],
    [["deployments/*"], false],
    [["*/status"], false],
  ] as const) {
    assert.equal(isAbout(rule(["get"], ["apps"], [...resources]), scale), is, String(resources));
  }
  // Whether all verbs are allowed is another question than whether one is.
  assert.deepEqual(
    [rule(["*"], [""], ["pods"]), rule(["get"], [""], ["pods"])].map((each) => isAbout(each, wish("*", "", "pods"))),
    [true, false],
  );
});

test("a rule with names is for these objects, and never for all", () => {
  const one = rule(["get"], [""], ["secrets"], ["a", "b"]);
  assert.deepEqual(
    ["a", "c", ""].map((name) => isForName(one, name)),
    [true, false, false],
  );
  assert.deepEqual(
    ["a", ""].map((name) => isForName(rule(["get"], [""], ["secrets"]), name)),
    [true, true],
  );
});

test("paths are meant as they are, or by how they begin", () => {
  const may = (path: string, ...nonResourceURLs: string[]) =>
    allowsPath({ verbs: ["get"], nonResourceURLs }, { verb: "get", path });
  assert.deepEqual(
    [may("/apis/apps", "/apis/*"), may("/apis", "/apis/*"), may("/apis", "/apis"), may("/x", "*"), may("/", "/apis")],
    [true, false, true, true, false],
  );
  assert.equal(allowsPath({ verbs: ["get"], nonResourceURLs: ["*"] }, { verb: "post", path: "/" }), false);
});

const part = (verb: string, group: string, resource: string): Rule => rule([verb], [group], [resource]);

test("missingRules() tells in smallest rules what nobody holds", () => {
  const held = [rule(["get", "list"], [""], ["pods"]), rule(["*"], ["apps"], ["*"]), rule(["get"], [""], ["*/log"])];
  const wanted = [rule(["get", "watch"], ["", "apps"], ["pods", "secrets"]), rule(["get"], [""], ["pods/log"])];
  assert.deepEqual(missingRules(held, wanted), [
    part("watch", "", "pods"),
    part("get", "", "secrets"),
    part("watch", "", "secrets"),
  ]);
  // Who may read one object may not let others read all, nor another.
  const one = [rule(["get"], [""], ["secrets"], ["a"])];
  assert.equal(missingRules(one, [rule(["get"], [""], ["secrets"], ["a"])]).length, 0);
  assert.equal(missingRules(one, [rule(["get"], [""], ["secrets"])]).length, 1);
  assert.equal(missingRules(one, [rule(["get"], [""], ["secrets"], ["a", "b"])]).length, 1);
  const paths = [{ verbs: ["get"], nonResourceURLs: ["/healthz/*"] }];
  assert.deepEqual(missingRules(paths, [{ verbs: ["get"], nonResourceURLs: ["/healthz/a", "/healthz"] }]), [
    { verbs: ["get"], nonResourceURLs: ["/healthz"] },
  ]);
});

test("compacted() and ruleText() show what is missing as Kubernetes does", () => {
  const parts = ["get", "list"].map((verb) => part(verb, "", "pods"));
  const named = rule(["get"], ["apps"], ["deployments"], ["web"]);
  const path: Rule = { verbs: ["get"], nonResourceURLs: ["/metrics"] };
  assert.deepEqual(compacted([...parts, named, path]).map(ruleText), [
    '{NonResourceURLs:["/metrics"], Verbs:["get"]}',
    '{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    '{APIGroups:["apps"], Resources:["deployments"], ResourceNames:["web"], Verbs:["get"]}',
  ]);
});

const words = (...all: string[]) => fc.uniqueArray(fc.constantFrom(...all), { minLength: 1, maxLength: 3 });
const anyRule = fc
  .tuple(words("get", "list", "*"), words("", "apps", "*"), words("pods", "pods/log", "*/log", "*"), fc.boolean())
  .map(([verbs, groups, resources, isNamed]) => rule(verbs, groups, resources, isNamed ? ["a"] : undefined));
const wishes = ["get", "list"].flatMap((verb) =>
  ["", "apps"].flatMap((group) => ["pods", "pods/log", "jobs"].map((resource) => ({ verb, group, resource }))),
);

property(
  "what is not missing in the rules of somebody is allowed by them",
  [fc.array(anyRule, { maxLength: 3 }), anyRule],
  (held, wanted) => {
    const missing = missingRules(held, [wanted]);
    assert.equal(missingRules([wanted], [...partsOf(wanted)]).length, 0);
    assert.equal(missingRules([...held, ...missing], [wanted]).length, 0);
    if (missing.length > 0) return;
    for (const wish of wishes) {
      for (const name of ["", "a"]) {
        const may = (each: Rule) => isAbout(each, wish) && isForName(each, name);
        assert.ok(!may(wanted) || held.some(may), JSON.stringify([wish, name]));
      }
    }
  },
  { runs: 300 },
);
