import { encodeBase64Bytes } from "../../../../api/base64.ts";
import { textOf } from "../byte_text.ts";
import type { Process, Running } from "../kernel/process.ts";
import { type ApiObject, mustAsk, namespaceOf, pathOf, type Refusal, refusalText, resourceOfKind } from "./client.ts";
import { failWith, type Given, put, type Verb } from "./command.ts";
import { fileOf } from "./targets.ts";
import { createFromFiles, createOne } from "./write.ts";

const from = { "from-literal": "list", "from-file": "list", "from-env-file": "list" } as const;

/** Makes what files have. */
export const create: Verb = {
  name: "create",
  flags: { filename: "list", recursive: "yes", kustomize: "text", "save-config": "yes" },
  *run(self, given) {
    if (given.words.length > 0) {
      const [kind] = given.words;
      return yield* failWith(
        self,
        `kubetroupe plays of "create" files, namespace, configmap, secret, serviceaccount, job and token, and no ${kind}`,
      );
    }
    return yield* createFromFiles(self, given);
  },
};

function* make(self: Process, given: Given, object: ApiObject): Running {
  const resource = yield* resourceOfKind(self, object);
  const namespace = resource.isNamespaced ? namespaceOf(self, given) : "";
  const { metadata, ...rest } = object;
  const isSaid = given.has("namespace") && namespace !== "";
  const placed = { ...rest, metadata: { ...metadata, ...(isSaid ? { namespace } : {}) } };
  const { singular } = resource;
  const told = `error: failed to create ${singular}${singular === "secret" ? "" : ":"}`;
  const refusal = (answer: Refusal) => (resource.isNamespaced ? `${told} ${textOf(answer.text)}` : refusalText(answer));
  return (yield* createOne(self, given, { object: placed, resource, namespace, refusal })) ? 0 : 1;
}

function* nameIn(self: Process, given: Given): Running<string> {
  const [name, ...more] = given.words;
  if (name !== undefined && more.length === 0) return name;
  return yield* failWith(self, `exactly one NAME is required, got ${given.words.length}`);
}

export const createNamespace: Verb = {
  name: "create namespace",
  flags: { "save-config": "yes" },
  *run(self, given) {
    const name = yield* nameIn(self, given);
    return yield* make(self, given, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  },
};

export const createServiceAccount: Verb = {
  name: "create serviceaccount",
  *run(self, given) {
    const name = yield* nameIn(self, given);
    return yield* make(self, given, { apiVersion: "v1", kind: "ServiceAccount", metadata: { name } });
  },
};

export const createConfigMap: Verb = {
  name: "create configmap",
  flags: from,
  *run(self, given) {
    const [name, data] = [yield* nameIn(self, given), yield* dataOf(self, given)];
    return yield* make(self, given, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name },
      data: inText(data),
    });
  },
};

export const createSecret: Verb = {
  name: "create secret generic",
  flags: { ...from, type: "text" },
  *run(self, given) {
    const name = yield* nameIn(self, given);
    const data = [...(yield* dataOf(self, given))].map(([key, bytes]) => [key, inBase64(bytes)] as const);
    const type = given.text("type");
    return yield* make(self, given, {
      ...{ apiVersion: "v1", kind: "Secret", metadata: { name }, data: Object.fromEntries(data) },
      ...(type === "" ? {} : { type }),
    });
  },
};

export const createTlsSecret: Verb = {
  name: "create secret tls",
  flags: { cert: "text", key: "text" },
  *run(self, given) {
    const name = yield* nameIn(self, given);
    const [cert, key] = [yield* fileOf(self, given.text("cert")), yield* fileOf(self, given.text("key"))];
    const data = { "tls.crt": inBase64(cert), "tls.key": inBase64(key) };
    return yield* make(self, given, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name },
      data,
      type: "kubernetes.io/tls",
    });
  },
};

function inBase64(bytes: string): string {
  return encodeBase64Bytes(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}

function* dataOf(self: Process, given: Given): Running<ReadonlyMap<string, string>> {
  const data = new Map<string, string>();
  for (const literal of given.all("from-literal")) {
    const [key = "", value] = literal.split(/=([\s\S]*)/, 2);
    if (value === undefined || key === "") {
      yield* failWith(self, `invalid literal source ${literal}, expected key=value`);
    }
    data.set(key, value ?? "");
  }
  for (const source of given.all("from-file")) {
    const [key = "", path = key] = source.split(/=([\s\S]*)/, 2);
    data.set(key === path ? (path.split("/").at(-1) ?? path) : key, yield* fileOf(self, path));
  }
  for (const path of given.all("from-env-file")) {
    for (const line of (yield* fileOf(self, path)).split("\n")) {
      const [key = "", value] = line.trim().split(/=([\s\S]*)/, 2);
      if (key !== "" && !key.startsWith("#")) data.set(key, value ?? self.env.get(key) ?? "");
    }
  }
  return data;
}

function inText(data: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...data].map(([key, bytes]) => [key, textOf(bytes)]));
}

interface WithJob extends ApiObject {
  readonly spec: { readonly jobTemplate: { readonly metadata?: ApiObject["metadata"]; readonly spec: object } };
}

/** Makes a Job that runs an image's command, or what a CronJob would make now. */
export const createJob: Verb = {
  name: "create job",
  flags: { from: "text", image: "text" },
  *run(self, given) {
    const name = yield* nameIn(self, given);
    const [batch, kind] = [{ apiVersion: "batch/v1" }, "Job"];
    const image = given.text("image");
    if (image !== "") {
      const container = { name, image, ...(given.rest.length === 0 ? {} : { command: given.rest }) };
      const spec = { template: { spec: { containers: [container], restartPolicy: "Never" } } };
      return yield* make(self, given, { ...batch, kind, metadata: { name }, spec });
    }
    const [type = "", source = ""] = given.text("from").split("/");
    if (!/^(cj|cronjobs?(\.batch)?)$/.test(type) || source === "") {
      return yield* failWith(self, "either --image or --from must be specified, and --from as cronjob/NAME");
    }
    const cronJob = yield* resourceOfKind(self, { ...batch, kind: "CronJob", metadata: {} });
    const path = pathOf(cronJob, namespaceOf(self, given), source);
    const { apiVersion, metadata, spec } = (yield* mustAsk(self, { path })) as WithJob;
    const { labels, annotations } = spec.jobTemplate.metadata ?? {};
    const owner = { apiVersion, kind: "CronJob", name: metadata.name, uid: metadata.uid, controller: true };
    return yield* make(self, given, {
      ...{ ...batch, kind },
      metadata: {
        ...{ name, ...(labels ? { labels } : {}) },
        annotations: { ...annotations, "cronjob.kubernetes.io/instantiate": "manual" },
        ownerReferences: [owner],
      },
      spec: spec.jobTemplate.spec,
    });
  },
};

export const createToken: Verb = {
  name: "create token",
  flags: { audience: "list", duration: "text" },
  *run(self, given) {
    const name = yield* nameIn(self, given);
    const [, hours = "", minutes = "", seconds = ""] =
      /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(given.text("duration")) ?? [];
    const expirationSeconds = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
    const audiences = given.all("audience");
    const path = `/api/v1/namespaces/${namespaceOf(self, given)}/serviceaccounts/${name}/token`;
    const object = {
      ...{ apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", metadata: {} },
      spec: { ...(audiences.length > 0 ? { audiences } : {}), ...(expirationSeconds > 0 ? { expirationSeconds } : {}) },
    };
    const { status } = (yield* mustAsk(self, { path, object })) as ApiObject & {
      readonly status: { readonly token: string };
    };
    yield* put(self, status.token);
    return 0;
  },
};
