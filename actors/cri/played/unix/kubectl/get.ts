import type { Process, Running } from "../kernel/process.ts";
import { askApi } from "../programs/_ask_api.ts";
import { must, namespaceOf, pathOf, type Resource, refusalText } from "./client.ts";
import { failWith, type Given, put, say, sayWrong, type Verb } from "./command.ts";
import { isWhole, show, type Table, tableText } from "./output.ts";
import { choosing, objectsOf, queryOf, type Target, targetsOf, tellMissing } from "./targets.ts";

const tables = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/** Shows objects: in a table as the server prints it, or whole. */
export const get: Verb = {
  name: "get",
  flags: {
    ...{ ...choosing, "ignore-not-found": "yes", "no-headers": "yes", "show-labels": "yes", raw: "text" },
    ...{ "chunk-size": "text", "show-managed-fields": "yes", watch: "yes" },
  },
  *run(self, given) {
    if (given.isSet("watch"))
      return yield* failWith(self, "kubetroupe plays a kubectl that looks once, and no --watch");
    if (given.has("raw")) {
      yield* put(self, yield* must(self, yield* askApi(self, { path: given.text("raw") })));
      return 0;
    }
    if (given.words.length === 0 && !given.has("filename")) return yield* sayNoType(self);
    const targets = yield* targetsOf(self, given, given.words);
    return isWhole(given.text("output"))
      ? yield* showWhole(self, given, targets)
      : yield* showTables(self, given, targets);
  },
};

function* sayNoType(self: Process): Running {
  const all = 'Use "kubectl api-resources" for a complete list of supported resources.';
  yield* sayWrong(self, `You must specify the type of resource to get. ${all}\n`);
  const explained =
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';
  return yield* failWith(
    self,
    `Required resource not specified.\n${explained}\nSee 'kubectl get -h' for help and examples`,
  );
}

function* showWhole(self: Process, given: Given, targets: readonly Target[]): Running {
  const { found, missing } = yield* objectsOf(self, given, targets);
  const isOne = targets.length === 1 && targets[0]?.name !== undefined;
  if (found.length > 0 || !isOne)
    yield* show(self, { form: given.text("output"), shown: found, isOne, hasHeaders: !given.isSet("no-headers") });
  return yield* tellMissing(self, missing);
}

function* showTables(self: Process, given: Given, targets: readonly Target[]): Running {
  const refusals: string[] = [];
  let rowsCount = 0;
  const kinds = new Set(targets.map(({ resource }) => resource));
  const shown: { readonly resource: Resource; table: Table }[] = [];
  for (const { resource, namespace, name } of targets) {
    const path = `${pathOf(resource, namespace, name)}${name === undefined ? queryOf(given) : ""}`;
    const answer = yield* askApi(self, { path, accept: tables });
    if (!answer.ok) {
      if (answer.reason === "NotFound" && given.isSet("ignore-not-found")) continue;
      refusals.push(refusalText(answer));
      continue;
    }
    const table = JSON.parse(answer.body) as Table;
    const { rows = [] } = table;
    rowsCount += rows.length;
    if (rows.length === 0) continue;
    const last = shown.at(-1);
    if (last?.resource === resource) last.table = { ...last.table, rows: [...(last.table.rows ?? []), ...rows] };
    else shown.push({ resource, table });
  }
  for (const [at, { resource, table }] of shown.entries()) {
    if (at > 0) yield* say(self, "");
    const { singular, group } = resource;
    const options = {
      isWide: given.text("output") === "wide",
      hasHeaders: !given.isSet("no-headers"),
      hasNamespaces: given.isSet("all-namespaces") && resource.isNamespaced,
      hasLabels: given.isSet("show-labels"),
      ...(kinds.size > 1 ? { before: `${singular}${group === "" ? "" : `.${group}`}/` } : {}),
    };
    yield* put(self, tableText(table, options));
  }
  if (rowsCount === 0 && refusals.length === 0 && !given.isSet("ignore-not-found")) {
    const isInside = targets.some(({ resource, namespace }) => resource.isNamespaced && namespace !== "");
    yield* sayWrong(self, `No resources found${isInside ? ` in ${namespaceOf(self, given)} namespace.` : ""}`);
  }
  return yield* tellMissing(self, refusals);
}
