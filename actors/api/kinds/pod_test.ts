import { assert, test } from "../../../properties/house/test.ts";
import { growthError } from "../../../properties/parsers/growth.ts";
import type { Admitting } from "../../apiserver/admission/_plugin.ts";
import { defaultTolerationSeconds } from "../../apiserver/admission/default_toleration_seconds.ts";
import { priority } from "../../apiserver/admission/priority.ts";
import { decode, encode } from "../codec.ts";
import { fieldErrorText } from "../field_error.ts";
import { registry } from "../registry.ts";
import type { Pod } from "../types.ts";
import { thaw } from "../types.ts";
import { validatePodSpec } from "../validation/pod_spec.ts";
import { podRules as pod } from "./pod.ts";
import { priorityClass } from "./priority_class.ts";

function created(spec: Partial<Pod["spec"]> = {}): Pod {
  const draft: Pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "default" },
    spec: { containers: [{ name: "c", image: "nginx" }], ...spec },
    status: { phase: "Running" },
  };
  pod.applyDefaults(draft);
  const caches = new Map([[priorityClass.storagePrefix, { items: new Map() }]]);
  const admitting = { operation: "CREATE", draft, server: { caches } } as unknown as Admitting;
  // Its account is looked up by a plugin that has tests of its own.
  Object.assign(draft.spec, { serviceAccountName: "default", serviceAccount: "default" });
  for (const { admit } of [priority, defaultTolerationSeconds]) {
    admit?.(admitting, () => {}, undefined as never);
  }
  pod.prepareForCreate(draft);
  return draft;
}

const texts = (errors: ReturnType<typeof pod.validate>): string[] => errors.map(fieldErrorText);

test("a grace period below zero is one second of a pod's, and stays as it was written in a template", () => {
  const made = created({ terminationGracePeriodSeconds: -1 });
  assert.deepEqual([made.spec.terminationGracePeriodSeconds, texts(pod.validate(made))], [1, []]);
  const { spec } = created();
  const written = { ...spec, terminationGracePeriodSeconds: -1 };
  assert.deepEqual(validatePodSpec(written, "template.spec").map(fieldErrorText), []);
});

test("pod.applyDefaults() fills in what v1 and admission fill in", () => {
  const { spec, status, metadata } = created();
  assert.deepEqual(status, { phase: "Pending", qosClass: "BestEffort" });
  assert.equal(metadata.generation, 1);
  assert.deepEqual(spec, {
    containers: [
      {
        name: "c",
        image: "nginx",
        imagePullPolicy: "Always",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
      },
    ],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    securityContext: {},
    schedulerName: "default-scheduler",
    enableServiceLinks: true,
    serviceAccountName: "default",
    serviceAccount: "default",
    priority: 0,
    preemptionPolicy: "PreemptLowerPriority",
    tolerations: [
      { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
      { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 },
    ],
  });
  assert.deepEqual(pod.validate(created()), []);
});

test("pod.validate() says what a real server says", () => {
  const draft = created({
    containers: [{ name: "Bad_Name", image: "", ports: [{ containerPort: 70000, protocol: "TCP" }] }],
    restartPolicy: "Sometimes",
  });
  assert.deepEqual(texts(pod.validate(draft)), [
    `spec.containers[0].name: Invalid value: "Bad_Name": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')`,
    "spec.containers[0].image: Required value",
    "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
    'spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"',
  ]);
});

test("pod.validateUpdate() lets an image change and nothing else of a container", () => {
  const old = created();
  const image = thaw<Pod>(old);
  const [container] = image.spec.containers;
  assert.ok(container);
  container.image = "nginx:2";
  assert.deepEqual(pod.validateUpdate(image, old), []);
  container.command = ["sh"];
  const [error] = pod.validateUpdate(image, old);
  assert.equal(error?.type, "FieldValueForbidden");
  assert.match(error?.detail ?? "", /^pod updates may not change fields other than `spec.containers\[\*\].image`/);
});

test("pod.validateUpdate() lets a pod that a gate holds back ask for more of its node, and for nothing else", () => {
  const hard = "requiredDuringSchedulingIgnoredDuringExecution";
  const term = (...keys: string[]) => ({ matchExpressions: keys.map((key) => ({ key, operator: "Exists" })) });
  const affinity = (...terms: object[]) => ({ nodeAffinity: { [hard]: { nodeSelectorTerms: terms } } });
  const gated = { schedulingGates: [{ name: "g" }], nodeSelector: { a: "b" }, affinity: affinity(term("a")) };
  const old = created(gated as object);
  const told = (change: object) => texts(pod.validateUpdate({ ...old, spec: { ...old.spec, ...change } }, old));
  const at = `spec.affinity.nodeAffinity.${hard}.nodeSelectorTerms`;
  assert.deepEqual(told({ nodeSelector: { a: "b", c: "d" }, affinity: affinity(term("a", "c")) }), []);
  assert.deepEqual(told({ nodeSelector: { a: "c" } }), [
    'spec.nodeSelector: Invalid value: {"a":"c"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
  ]);
  assert.deepEqual(told({ affinity: affinity(term("c")) }), [
    `${at}[0]: Invalid value: {"matchExpressions":[{"key":"c","operator":"Exists"}]}: only additions are allowed (no mutations or deletions)`,
  ]);
  assert.deepEqual(told({ affinity: undefined }), [
    `${at}: Invalid value: []: no additions/deletions to non-empty NodeSelectorTerms list are allowed`,
  ]);
  assert.match(
    told({ affinity: { ...affinity(term("a")), podAffinity: {} } })[0] ?? "",
    /^spec: Forbidden: pod updates/,
  );
  assert.match(told({ schedulingGates: [], nodeName: "n" })[0] ?? "", /^spec: Forbidden: pod updates/);
});

test("pod.validateUpdate() lets annotations change, but those that say what a pod was made as", () => {
  const old = created();
  const draft = thaw<Pod>(old);
  draft.metadata.annotations = { "kubernetes.io/config.mirror": "m", a: "b" };
  const [error] = texts(pod.validateUpdate(draft, old)).slice(-1);
  assert.match(error ?? "", /config.mirror\]: Forbidden: may not add mirror pod annotation$/);
});

test("pod.prepareForUpdate() keeps the status and counts changes of the spec", () => {
  const old = created();
  const draft = thaw<Pod>(old);
  draft.status = { phase: "Running" };
  pod.prepareForUpdate(draft, old);
  assert.equal(draft.status.phase, "Pending");
  assert.equal(draft.metadata.generation, 1);
  draft.spec.activeDeadlineSeconds = 5;
  pod.prepareForUpdate(draft, old);
  assert.equal(draft.metadata.generation, 2);
});

test("pod.prepareForStatusUpdate() keeps the spec", () => {
  const old = created();
  const draft = thaw<Pod>(old);
  draft.spec.nodeName = "n1";
  draft.status = { phase: "Running" };
  pod.prepareForStatusUpdate(draft, old, 0);
  assert.equal(draft.spec.nodeName, undefined);
  assert.equal(draft.status.phase, "Running");
  assert.equal(draft.status.qosClass, "BestEffort");
});

test("pod.validateStatusUpdate() refuses to bring an ended container back", () => {
  const old = created({ restartPolicy: "Never" });
  const status = { name: "c", image: "nginx", imageID: "", ready: false, restartCount: 0 };
  old.status.containerStatuses = [{ ...status, state: { terminated: { exitCode: 1 } } }];
  const draft = thaw<Pod>(old);
  draft.status.containerStatuses = [{ ...status, state: { running: {} } }];
  assert.deepEqual(texts(pod.validateStatusUpdate(draft, old)), [
    "status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state",
  ]);
});

test("registry finds a kind by each of its names, and objects survive the codec", () => {
  assert.equal(registry.byPlural({ group: "", version: "v1", plural: "pods" }), pod);
  const text = encode(created());
  const object = decode(text);
  assert.equal(registry.byObject(object), pod);
  assert.equal(decode(`${text}`), object);
  assert.throws(() => {
    (object.metadata as { name: string }).name = "other";
  }, TypeError);
});

test("validateUpdate() of a pod compares many tolerations in linear time", () => {
  const make = (size: number) => {
    const tolerations = Array.from(
      { length: size },
      (_none, index) => ({ key: `k${index}`, operator: "Exists" }) as const,
    );
    const { spec, ...rest } = created();
    return { ...rest, spec: { ...spec, tolerations } } as ReturnType<typeof created>;
  };
  const run = (object: ReturnType<typeof created>) => assert.deepEqual(pod.validateUpdate(object, object), []);
  assert.equal(growthError({ make, run, sizeMax: 20_000 }), undefined);
});

test("validate() of a pod finds hundreds of thousands of errors: they are no arguments of one call", () => {
  const { spec, ...rest } = created();
  const env = Array.from({ length: 300_000 }, () => ({ name: "" }));
  const wrong = { ...rest, spec: { ...spec, containers: [{ name: "c", image: "i", env }] } } as Pod;
  assert.ok(pod.validate(wrong).length >= 300_000);
});
