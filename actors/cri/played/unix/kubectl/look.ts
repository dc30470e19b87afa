import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { type ApiObject, discover, findResources, must, mustAsk, namespaceOf, pathOf } from "./client.ts";
import { failWith, put, say, sayWrong, type Verb } from "./command.ts";
import { fieldsOf } from "./output.ts";
import { choosing, type Found, objectsOf, targetsOf, tellMissing } from "./targets.ts";

const clientVersion = "v1.34.0";
const logsUsage = "'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'";

/** What a pod's containers have written. */
export const logs: Verb = {
  name: "logs",
  flags: {
    ...{
      selector: choosing.selector,
      container: "text",
      previous: "yes",
      tail: "text",
      since: "text",
      timestamps: "yes",
    },
    ...{ follow: "yes", "all-containers": "yes", prefix: "yes" },
  },
  *run(self, given) {
    if (given.isSet("follow"))
      return yield* failWith(self, "kubetroupe plays a kubectl that looks once, and no --follow");
    const [word = "", container = given.text("container")] = given.words;
    if (word === "" && !given.has("selector")) {
      return yield* failWith(
        self,
        `expected ${logsUsage}.\nPOD or TYPE/NAME is a required argument for the logs command`,
      );
    }
    const words = word === "" ? ["pods"] : word.includes("/") ? [word] : ["pods", word];
    const { found, missing } = yield* objectsOf(self, given, yield* targetsOf(self, given, words));
    const query = Object.entries({
      ...(container === "" ? {} : { container }),
      ...(given.isSet("previous") ? { previous: "true" } : {}),
      ...(given.has("tail") && given.text("tail") !== "-1" ? { tailLines: given.text("tail") } : {}),
      ...(given.isSet("timestamps") ? { timestamps: "true" } : {}),
    });
    const search = query.map(([key, value]) => `${key}=${encodeURIComponent(value)}`).join("&");
    for (const each of found) {
      const path = yield* podOf(self, each);
      yield* put(self, yield* must(self, yield* askApi(self, { path: `${path}/log?${search}` })));
    }
    const where = `in namespace "${namespaceOf(self, given)}"`;
    const texts = missing.map((text) => `error: ${text.replace("Error from server", "error from server")} ${where}`);
    return yield* tellMissing(self, texts);
  },
};

/** The pod whose log is meant: itself, or the first that a workload selects. */
function* podOf(self: Process, { resource, namespace, name, object }: Found): Running<string> {
  if (resource.kind === "Pod") return pathOf(resource, namespace, name);
  const { selector = {} } = fieldsOf(object.spec);
  const { matchLabels = selector } = fieldsOf(selector);
  const labels = Object.entries(fieldsOf(matchLabels)).map(([key, value]) => `${key}=${String(value)}`);
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const path = `${pods}?labelSelector=${encodeURIComponent(labels.join(","))}`;
  const { items } = (yield* mustAsk(self, { path })) as ApiObject & { readonly items: readonly ApiObject[] };
  const [first, ...others] = items;
  if (labels.length === 0 || !first) return yield* failWith(self, `no pods found for ${resource.plural}/${name}`);
  if (others.length > 0) yield* sayWrong(self, `Found ${items.length} pods, using pod/${first.metadata.name}`);
  return `${pods}/${first.metadata.name}`;
}

/** Which versions there are. */
export const version: Verb = {
  name: "version",
  flags: { client: "yes", short: "yes" },
  *run(self, given) {
    yield* say(self, `Client Version: ${clientVersion}\nKustomize Version: v5.7.1`);
    if (given.isSet("client")) return 0;
    const { gitVersion } = (yield* mustAsk(self, { path: "/version" })) as ApiObject & { readonly gitVersion: string };
    yield* say(self, `Server Version: ${gitVersion}`);
    return 0;
  },
};

/** Whether the account of the pod may do something. */
export const canI: Verb = {
  name: "auth can-i",
  flags: { "all-namespaces": "yes", quiet: "yes", subresource: "text" },
  *run(self, given) {
    const [verb = "", what = "", own] = given.words;
    if (verb === "" || what === "")
      return yield* failWith(self, "you must specify two arguments: verb resource or verb resource/resourceName.");
    const spec = what.startsWith("/")
      ? { nonResourceAttributes: { verb, path: what } }
      : { resourceAttributes: yield* attributes() };
    function* attributes() {
      const [type = "", name = own ?? ""] = what.split("/");
      const [{ group, plural, isNamespaced }] =
        type === "*" ? [{ group: "*", plural: "*", isNamespaced: true }] : yield* findResources(self, type);
      const namespace = isNamespaced && !given.isSet("all-namespaces") ? namespaceOf(self, given) : "";
      return { verb, group, resource: plural, name, namespace, subresource: given.text("subresource") };
    }
    const object = { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectAccessReview", metadata: {}, spec };
    const path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
    const { status } = (yield* mustAsk(self, { path, object })) as ApiObject & {
      readonly status: { readonly allowed: boolean };
    };
    if (!given.isSet("quiet")) yield* say(self, status.allowed ? "yes" : "no");
    return status.allowed ? 0 : 1;
  },
};

/** What the server has. */
export const apiResources: Verb = {
  name: "api-resources",
  flags: { "api-group": "text", namespaced: "text", verbs: "text", "no-headers": "yes" },
  *run(self, given) {
    const verbs = given
      .text("verbs")
      .split(",")
      .filter((each) => each !== "");
    for (const each of yield* discover(self)) {
      if (given.has("api-group") && each.group !== given.text("api-group")) continue;
      if (given.has("namespaced") && String(each.isNamespaced) !== given.text("namespaced")) continue;
      if (!verbs.every((verb) => each.verbs.includes(verb))) continue;
      if (given.text("output") === "name")
        yield* say(self, `${each.plural}${each.group === "" ? "" : `.${each.group}`}`);
      else
        yield* say(
          self,
          `${each.plural} ${each.group === "" ? "" : `${each.group}/`}${each.version} ${each.isNamespaced} ${each.kind}`,
        );
    }
    return 0;
  },
};
