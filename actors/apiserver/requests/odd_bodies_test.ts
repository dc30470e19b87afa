import { type Draw, oddObject, oddValue } from "../../../properties/arbitraries/odd_object.ts";
import { assert, fc, property, test } from "../../../properties/house/test.ts";
import { createLab, type LabAnswer, type LabRequest } from "../../../properties/stages/apiserver/lab.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { all } from "../../api/kinds/all_rules.ts";
import { type Fields, ownValue, setOwn } from "../../api/types.ts";

const kinds = all as readonly KindDefinition[];
const pod = kinds.find(({ kind }) => kind === "Pod");
const patchTypes = ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml"] as const;
const modes = [undefined, "Strict", "Warn", "Ignore"] as const;
const options = { schema: "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions" };
const scale = { schema: "io.k8s.api.autoscaling.v1.Scale" };
const binding = { schema: "io.k8s.api.core.v1.Binding" };
const eviction = { schema: "io.k8s.api.policy.v1.Eviction" };

/** How many requests one server is asked. */
const requestsEach = 25;

const labels = { app: "a" };
const podSpec = { containers: [{ name: "a", image: "a" }] };
const workload = { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } } };
/** What passes, for kinds of which an empty object does not. */
const bases: Readonly<Record<string, Fields>> = {
  Deployment: workload,
  ReplicaSet: workload,
  Pod: { spec: podSpec },
  Service: { spec: { ports: [{ port: 80 }], selector: labels } },
  EndpointSlice: { addressType: "IPv4", endpoints: [] },
  Event: { involvedObject: { namespace: "default" } },
  StatefulSet: workload,
  DaemonSet: workload,
  ReplicationController: { spec: { template: { metadata: { labels }, spec: podSpec } } },
  Job: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
  CronJob: {
    spec: {
      schedule: "* * * * *",
      jobTemplate: { spec: { template: { spec: { ...podSpec, restartPolicy: "Never" } } } },
    },
  },
  HorizontalPodAutoscaler: { spec: { maxReplicas: 2, scaleTargetRef: { kind: "Deployment", name: "a" } } },
  PersistentVolumeClaim: { spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } } },
  PersistentVolume: {
    spec: { accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" }, hostPath: { path: "/a" } },
  },
  Ingress: { spec: { defaultBackend: { service: { name: "a", port: { number: 80 } } } } },
  StorageClass: { provisioner: "example.com/a" },
  PriorityClass: { value: 1 },
  RuntimeClass: { handler: "a" },
  LimitRange: { spec: { limits: [{ type: "Container", max: { cpu: "1" } }] } },
  RoleBinding: { roleRef: { kind: "Role", name: "a" } },
  ClusterRoleBinding: { roleRef: { kind: "ClusterRole", name: "a" } },
};

/** An object such as another one, or a patch, may be of: its type and name are mostly as they must be. */
function whole(kind: KindDefinition, draw: Draw): Fields {
  const object = oddObject(kind, draw, draw(3) === 0 ? {} : ownValue(bases, kind.kind));
  const { metadata = {} } = object;
  if (typeof metadata === "object" && metadata !== null && draw(10) > 0) {
    const place = kind.namespaced ? { namespace: "default" } : {};
    const { namespace: _namespace, resourceVersion: _version, uid: _uid, ...others } = metadata as Fields;
    object.metadata = { ...others, name: "a", ...place };
  }
  for (const name of ["apiVersion", "kind"]) if (draw(20) > 0) delete object[name];
  return object;
}

function operations(draw: Draw): unknown {
  const places = [
    "",
    "/metadata",
    "/metadata/labels/constructor",
    "/spec",
    "/spec/containers/0",
    "/data/__proto__",
    "/x",
  ];
  const one = (): unknown => {
    const operation: Fields = {};
    for (const [name, of] of Object.entries({
      op: ["add", "remove", "replace", "move", "copy", "test"],
      path: places,
      from: places,
    })) {
      setOwn(operation, { key: name, value: draw(10) === 0 ? oddValue(draw) : of[draw(of.length)] });
    }
    return { ...operation, value: oddValue(draw) };
  };
  return draw(10) === 0 ? oddValue(draw) : Array.from({ length: 1 + draw(4) }, one);
}

interface Asked {
  readonly verb: "create" | "update" | "patch" | "delete";
  readonly plural: string;
  readonly request: LabRequest;
}

function asked(draw: Draw): Asked {
  const kind = kinds[draw(kinds.length)] ?? pod;
  assert.ok(kind && pod);
  const fieldValidation = modes[draw(modes.length)];
  const query = fieldValidation === undefined ? {} : { fieldValidation };
  const place = kind.namespaced ? { namespace: "default" } : {};
  const at = { ...place, name: "a", query };
  const { plural } = kind;
  const json = (body: unknown) => ({ body: JSON.stringify(body) ?? "null" });
  switch (draw(9)) {
    case 0:
      return { verb: "update", plural, request: { ...at, ...json(whole(kind, draw)) } };
    case 1:
      return { verb: "update", plural, request: { ...at, subresource: "status", ...json(whole(kind, draw)) } };
    case 2:
    case 3: {
      const type = patchTypes[draw(patchTypes.length)] ?? patchTypes[0];
      const body = type === "json-patch+json" ? operations(draw) : draw(20) === 0 ? oddValue(draw) : whole(kind, draw);
      const subresource = draw(4) === 0 ? { subresource: "status" } : {};
      const applier = type === "apply-patch+yaml" ? { fieldManager: "m" } : {};
      const contentType = `application/${type}` as const;
      return {
        verb: "patch",
        plural,
        request: { ...at, ...subresource, contentType, query: { ...query, ...applier }, ...json(body) },
      };
    }
    case 4:
      return {
        verb: "delete",
        plural,
        request: { ...at, ...json(draw(9) === 0 ? oddValue(draw) : oddObject(options, draw)) },
      };
    case 5: {
      const [subresource, of] = (
        [
          ["binding", binding],
          ["eviction", eviction],
        ] as const
      )[draw(2)] ?? ["binding", binding];
      return {
        verb: "create",
        plural: "pods",
        request: { ...at, namespace: "default", subresource, ...json(oddObject(of, draw, { target: { name: "n" } })) },
      };
    }
    case 6:
      return {
        verb: "update",
        plural: "deployments",
        request: {
          ...at,
          namespace: "default",
          subresource: "scale",
          ...json(oddObject(scale, draw, { metadata: { name: "a" }, spec: { replicas: 1 } })),
        },
      };
    default:
      return { verb: "create", plural, request: { ...place, query, ...json(whole(kind, draw)) } };
  }
}

property(
  "handleRequest() answers whatever a body says, and the server lives on",
  [fc.gen()],
  (gen) => {
    const lab = createLab();
    for (const { kind, plural, namespaced } of kinds) {
      const place = namespaced ? { namespace: "default" } : {};
      lab.call("create", plural, { ...place, body: { ...ownValue(bases, kind), metadata: { name: "a" } } });
    }
    for (let left = requestsEach; left > 0; left--) {
      const { verb, plural, request } = asked((limit) => gen(fc.nat, { max: limit - 1 }));
      const what = JSON.stringify({ verb, plural, request });
      const { code, body } = answerOf(what, () => lab.call(verb, plural, request));
      assert.ok(code >= 200 && code < 600, what);
      assert.ok(code !== 500 || /^failed to create typed patch object/.test(body.message), what);
    }
  },
  { runs: 120, shrinkMsMax: 5_000 },
);

/** A server that died does not answer: what was asked of it is then all that there is to see. */
function answerOf(what: string, ask: () => LabAnswer): LabAnswer {
  try {
    return ask();
  } catch (error) {
    throw new Error(`Asking a server: it did not answer ${what}`, { cause: error });
  }
}

test("an object of the cluster that names a namespace is in none, however it is written", () => {
  const lab = createLab();
  const head = { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", rules: [] };
  const body = { ...head, metadata: { name: "r", namespace: "default" } };
  const made = lab.call("create", "clusterroles", { body });
  assert.deepEqual([made.code, made.body.metadata.namespace], [201, undefined]);
  const at = { name: "r" };
  const labels = { a: "b" };
  const put = lab.call("update", "clusterroles", { ...at, body: { ...body, metadata: { ...body.metadata, labels } } });
  assert.deepEqual([put.code, put.body.metadata.namespace, put.body.metadata.labels], [200, undefined, labels]);
  const contentType = "application/merge-patch+json";
  const patched = lab.call("patch", "clusterroles", { ...at, contentType, body: { metadata: { namespace: "x" } } });
  assert.deepEqual([patched.code, patched.body.metadata.namespace], [200, undefined]);
});
