import { assert, test } from "../../../properties/house/test.ts";
import { createLab } from "../../../properties/stages/apiserver/lab.ts";

function policy(name: string, validations: readonly object[], rule: object = {}) {
  const deployments = { apiGroups: ["apps"], apiVersions: ["v1"], operations: ["*"], resources: ["deployments"] };
  return {
    ...{ apiVersion: "admissionregistration.k8s.io/v1", kind: "ValidatingAdmissionPolicy", metadata: { name } },
    spec: { validations, matchConstraints: { resourceRules: [{ ...deployments, ...rule }] } },
  };
}

test("a policy's status tells what is amiss with the types of its expressions, and tells it anew when they change", () => {
  const lab = createLab();
  const plural = "validatingadmissionpolicies";
  const good = lab.call("create", plural, { body: policy("good", [{ expression: "object.spec.replicas > 1" }]) });
  assert.deepEqual(good.body.status, { observedGeneration: 1, typeChecking: {} });
  const wrong = {
    expression: "object.spec.replicas > '1'",
    messageExpression: "'wants more than 1, has ' + object.spec.replicas",
  };
  const confused = lab.call("create", plural, { body: policy("confused", [wrong]) });
  assert.equal(confused.code, 201);
  const { expressionWarnings: warnings } = confused.body.status.typeChecking;
  assert.deepEqual(
    warnings.map(({ fieldRef }: { fieldRef: string }) => fieldRef),
    ["spec.validations[0].expression", "spec.validations[0].messageExpression"],
  );
  assert.equal(
    warnings[0].warning,
    "apps/v1, Kind=Deployment: ERROR: <input>:1:22: found no matching overload for '_>_' applied to '(int, string)'\n" +
      " | object.spec.replicas > '1'\n | .....................^\n",
  );
  assert.match(warnings[1].warning, /found no matching overload for '_\+_' applied to '\(string, int\)'/);
  const mended = { ...confused.body, spec: { ...confused.body.spec, validations: [{ expression: "true" }] } };
  const { status } = lab.call("update", plural, { name: "confused", body: mended }).body;
  assert.deepEqual(status, { observedGeneration: 2, typeChecking: {} });
});

test("a policy's types are told from the schemas of custom resources, through loops, and nothing of what nobody knows", () => {
  const lab = createLab();
  const warned = (expression: string, rule: object = {}) => {
    const name = `p${expression.length}`;
    const { body } = lab.call("create", "validatingadmissionpolicies", { body: policy(name, [{ expression }], rule) });
    lab.call("delete", "validatingadmissionpolicies", { name });
    const [first] = body.status?.typeChecking?.expressionWarnings ?? [];
    return /ERROR: <input>:\d+:\d+: (.*)/.exec(first?.warning ?? "")?.[1];
  };
  const overload = (what: string) => `found no matching overload for ${what}`;
  assert.equal(warned("object.spec.replica == 1"), "undefined field 'replica'");
  assert.equal(
    warned("object.spec.template.spec.containers.all(c, c.image == 1)"),
    overload("'_==_' applied to '(string, int)'"),
  );
  for (const fine of [
    "object.metadata.labels.a == 'b' && object.spec.replicas < 1.5",
    "variables.x + 1 > 2 || request.dryRun == 'x'",
    "object.spec.strategy.rollingUpdate.maxSurge == '25%'",
    "has(object.metadata.annotations) ? size(object.metadata.name) > 2 : true",
    "oldObject == null || object.metadata.creationTimestamp > oldObject.metadata.creationTimestamp",
  ]) {
    assert.equal(warned(fine), undefined, fine);
  }
  const group = "stable.example.com";
  const spec = { type: "object", properties: { replicas: { type: "integer" }, cron: { type: "string" } } };
  const schema = { openAPIV3Schema: { type: "object", properties: { spec } } };
  const definition = {
    ...{ apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" },
    metadata: { name: `crontabs.${group}` },
    spec: {
      ...{ group, scope: "Namespaced", names: { plural: "crontabs", kind: "CronTab" } },
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
  assert.equal(lab.call("create", "customresourcedefinitions", { body: definition }).code, 201);
  lab.simulation.advance(100);
  const rule = { apiGroups: [group], resources: ["crontabs"] };
  assert.equal(warned("object.spec.replicas > '1'", rule), overload("'_>_' applied to '(int, string)'"));
  assert.equal(warned("object.spec.cron == 'x'", rule), undefined);
});
