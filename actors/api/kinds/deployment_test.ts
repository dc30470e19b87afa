import { assert, test } from "../../../properties/house/test.ts";
import { fieldErrorText } from "../field_error.ts";
import type { Deployment, DeploymentSpec } from "../types.ts";
import { thaw } from "../types.ts";
import { deploymentRules as deployment } from "./deployment.ts";
import { replicaSetRules as replicaSet } from "./replica_set.ts";

function created(spec: Partial<DeploymentSpec> = {}): Deployment {
  const draft: Deployment = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "default", labels: { app: "web" } },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "nginx:1" }] } },
      ...spec,
    },
    status: { replicas: 7 },
  };
  deployment.applyDefaults(draft);
  deployment.prepareForCreate(draft);
  return draft;
}

const texts = (object: Deployment): string[] => deployment.validate(object).map(fieldErrorText);

test("deployment.applyDefaults() fills in what apps/v1 fills in", () => {
  const { spec, status, metadata } = created();
  const { template, selector: _, ...rest } = spec;
  assert.deepEqual(rest, {
    replicas: 1,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  assert.equal(template.spec?.containers[0]?.imagePullPolicy, "IfNotPresent");
  assert.equal(template.spec?.terminationGracePeriodSeconds, 30);
  assert.equal(template.spec?.enableServiceLinks, undefined);
  assert.deepEqual(status, {});
  assert.equal(metadata.generation, 1);
  assert.deepEqual(texts(created()), []);
});

test("deployment.validate() wants a selector that its template fits", () => {
  const other = { matchLabels: { app: "other" } };
  assert.deepEqual(texts(created({ selector: other })), [
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ]);
  assert.deepEqual(texts(created({ selector: {} })), [
    "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
  ]);
  const none = created();
  delete (none.spec as Partial<DeploymentSpec>).selector;
  assert.deepEqual(texts(none), ["spec.selector: Required value"]);
});

test("deployment.validate() judges strategy and numbers", () => {
  assert.deepEqual(texts(created({ replicas: -1, progressDeadlineSeconds: 5, minReadySeconds: 5 })), [
    "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    "spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds",
  ]);
  assert.deepEqual(
    texts(created({ strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } })),
    ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
  );
  assert.deepEqual(texts(created({ strategy: { type: "Recreate", rollingUpdate: {} } })), [
    "spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'",
  ]);
  assert.deepEqual(texts(created({ strategy: { type: "Both" } })), [
    'spec.strategy: Unsupported value: {"Type":"Both","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
  ]);
});

test("deployment.validate() wants pods that are restarted", () => {
  const draft = created();
  if (draft.spec.template.spec !== undefined) draft.spec.template.spec.restartPolicy = "Never";
  assert.deepEqual(texts(draft), [
    'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
  ]);
});

test("deployment.validateUpdate() keeps the selector as it is", () => {
  const old = created();
  const draft = thaw<Deployment>(old);
  draft.spec.selector = { matchLabels: { app: "web", tier: "x" } };
  draft.spec.template.metadata = { labels: { app: "web", tier: "x" } };
  assert.deepEqual(deployment.validateUpdate(draft, old).map(fieldErrorText), [
    'spec.selector: Invalid value: {"matchLabels":{"app":"web","tier":"x"}}: field is immutable',
  ]);
});

test("deployment counts a generation for changes of spec and annotations, and for no others", () => {
  const old = created();
  const draft = thaw<Deployment>(old);
  draft.metadata.labels = { app: "other" };
  draft.metadata.generation = 40;
  deployment.prepareForUpdate(draft, old);
  assert.equal(draft.metadata.generation, 1);
  draft.metadata.annotations = { note: "x" };
  deployment.prepareForUpdate(draft, old);
  assert.equal(draft.metadata.generation, 2);
  delete draft.metadata.annotations;
  draft.spec.replicas = 3;
  deployment.prepareForUpdate(draft, old);
  assert.equal(draft.metadata.generation, 2);
});

test("deployment.prepareForStatusUpdate() lets only the status through", () => {
  const old = created();
  const draft = thaw<Deployment>(old);
  draft.spec.replicas = 9;
  draft.metadata.labels = {};
  draft.status = { replicas: 1, observedGeneration: 1 };
  deployment.prepareForStatusUpdate(draft, old, 0);
  assert.deepEqual(draft, { ...thaw<Deployment>(old), status: { replicas: 1, observedGeneration: 1 } });
});

test("replicaSet has one replica by default and starts with none", () => {
  const { spec, metadata } = created();
  const { selector, template } = spec;
  const draft = {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata,
    spec: { selector, template },
    status: { replicas: 4 },
  };
  replicaSet.applyDefaults(draft);
  replicaSet.prepareForCreate(draft);
  assert.deepEqual(draft.spec, { selector, template, replicas: 1 });
  assert.deepEqual(draft.status, { replicas: 0 });
  assert.deepEqual(replicaSet.validate(draft), []);
});
