/**
 * Writes `schemas.generated.ts`, `descriptions.generated.ts` and `protobuf.generated.ts`: the fields of every type
 * that a kind reaches. Run it with `npx tsx actors/api/schema/generate.ts` after a kind was added.
 *
 * The fields come from @kubernetes/client-node, whose models know them at run time; which group a type belongs to
 * and which fields are quantities come from kubernetes-types, because the models have lost both. Which of the fields
 * Kubernetes 1.34 has, of which type and under which numbers, comes from the descriptors in a kubectl 1.34.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { all as kinds } from "../kinds/all_rules.ts";
import { kubectlFile, readDescriptors } from "./proto_descriptors.ts";
import { protoDefinition } from "./protobuf_table.ts";

const require = createRequire(import.meta.url);
const modelsFolder = join(dirname(require.resolve("@kubernetes/client-node")), "gen/models");
const typesFolder = dirname(require.resolve("kubernetes-types/package.json"));
const here = import.meta.dirname;

/** Types that requests use though no kind has them. */
const extraRoots = [
  "io.k8s.api.authentication.v1.SelfSubjectReview",
  "io.k8s.api.authentication.v1.TokenRequest",
  "io.k8s.api.authentication.v1.TokenReview",
  "io.k8s.api.authorization.v1.LocalSubjectAccessReview",
  "io.k8s.api.authorization.v1.SelfSubjectAccessReview",
  "io.k8s.api.authorization.v1.SelfSubjectRulesReview",
  "io.k8s.api.authorization.v1.SubjectAccessReview",
  "io.k8s.api.autoscaling.v1.Scale",
  "io.k8s.api.core.v1.Binding",
  "io.k8s.api.core.v1.ComponentStatus",
  "io.k8s.api.core.v1.PodTemplateSpec",
  "io.k8s.api.policy.v1.Eviction",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Condition",
  "io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions",
  "io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta",
  "io.k8s.apimachinery.pkg.apis.meta.v1.Status",
];

/** Fields of types that kubernetes-types does not know yet, or knows without their amounts. */
const quantityNames = new Set(["allocatable", "allocatedResources", "capacity", "limits", "overhead", "requests"]);

interface KnownType {
  group: string;
  quantities: Set<string>;
  /** The comments of the fields; the models have none for those that refer to another type. */
  comments: Map<string, string>;
}

/** The types of kubernetes-types by `version/Name`, each with the groups that have one so named. */
function readKnownTypes(): Map<string, KnownType[]> {
  const known = new Map<string, KnownType[]>();
  for (const group of readdirSync(typesFolder).sort()) {
    if (group.includes(".") || group === "api") continue;
    for (const file of readdirSync(join(typesFolder, group))) {
      const text = readFileSync(join(typesFolder, group, file), "utf8");
      for (const [, name = "", body = ""] of text.matchAll(/^export interface (\w+) \{\n([\s\S]*?)^\}/gm)) {
        const found = body.matchAll(
          /^ {4}(?:readonly )?"?(\w+)"?\??: (?:Quantity;|\{\n\s+\[name: string\]: Quantity;)/gm,
        );
        const key = `${file.replace(".d.ts", "")}/${name}`;
        const types = known.get(key) ?? [];
        const comments = body.matchAll(/ {4}\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n {4}(?:readonly )?"?(\w+)"?\??:/g);
        types.push({
          group,
          quantities: new Set([...found].map(([, field = ""]) => field)),
          comments: new Map([...comments].map(([, comment = "", field = ""]) => [field, comment])),
        });
        known.set(key, types);
      }
    }
  }
  return known;
}

const knownTypes = readKnownTypes();

function packageOf(group: string): string {
  if (group === "meta") return "io.k8s.apimachinery.pkg.apis.meta";
  if (group === "apiextensions") return "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions";
  if (group === "apiregistration") return "io.k8s.kube-aggregator.pkg.apis.apiregistration";
  return `io.k8s.api.${group}`;
}

/** The name of a model's definition; a type that several groups have is taken from the referring one. */
function definitionName(model: string, referrer: string): string {
  const [, prefix = "", version = "", name = ""] =
    /^([A-Z][a-z]+)??(V\d+(?:(?:alpha|beta)\d+)?)(.+)$/.exec(model) ?? [];
  const groups = (knownTypes.get(`${version.toLowerCase()}/${name}`) ?? []).map(({ group }) => group);
  const wanted = [prefix.toLowerCase(), referrer.split(".").at(-3) ?? "", "core", "meta"];
  // A model that names its group is that group's, even where kubernetes-types does not know the group.
  const own = prefix === "" ? undefined : prefix.toLowerCase();
  const group = wanted.find((each) => groups.includes(each)) ?? own ?? groups[0] ?? wanted[1] ?? "core";
  return `${packageOf(group)}.${version.toLowerCase()}.${name}`;
}

/** The models that may stand behind a definition's name, the one with the group in its name first. */
function modelNames(definition: string): string[] {
  const [group = "", version = "", name = ""] = definition.split(".").slice(-3);
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  return [`${capital(group)}${capital(version)}${name}`, `${capital(version)}${name}`];
}

interface Attribute {
  baseName: string;
  type: string;
  format: string;
}

const scalars: Record<string, string> = {
  string: "string",
  boolean: "boolean",
  any: "any",
  IntOrString: "intOrString",
};

function typeText(attribute: Attribute, context: { definition: string; quantity: boolean }): string {
  const { type, format } = attribute;
  const list = /^Array<(.+)>$/.exec(type)?.[1];
  if (list !== undefined) return `[]${typeText({ ...attribute, type: list }, context)}`;
  const map = /^\{ \[key: string\]: (.+); \}$/.exec(type)?.[1];
  if (map !== undefined) return `{}${typeText({ ...attribute, type: map }, context)}`;
  if (context.quantity && type === "string") return "quantity";
  if (format === "byte") return "bytes";
  if (type === "Date") return "time";
  if (type === "V1MicroTime") return "microTime";
  if (type === "number") return format === "" ? "int32" : format;
  return scalars[type] ?? definitionName(type, context.definition);
}

function firstSentence(comment: string): string {
  const text = comment
    .replace(/^\s*\* ?/gm, "")
    .replace(/\\(['"`])/g, "$1")
    .replace(/\s+/g, " ")
    .trim();
  return /^.*?[^.](?:\.(?= [A-Z])|\.$|$)/.exec(text)?.[0] ?? text;
}

interface Written {
  fields: Record<string, string>;
  description: string;
  descriptions: Record<string, string>;
  references: string[];
}

async function readDefinition(definition: string): Promise<Written> {
  const models = new Set(readdirSync(modelsFolder).map((file) => file.replace(/\..*$/, "")));
  const model = modelNames(definition).find((name) => models.has(name));
  if (model === undefined)
    throw new Error(`Reading ${definition}: no model is named ${modelNames(definition).join(" or ")}`);
  const module: Record<string, { attributeTypeMap: Attribute[] }> = await import(join(modelsFolder, `${model}.js`));
  const text = readFileSync(join(modelsFolder, `${model}.d.ts`), "utf8");
  const [, version = "", name = ""] = definition.split(".").slice(-3);
  const known = knownTypes.get(`${version}/${name}`)?.find(({ group }) => definition.startsWith(packageOf(group)));
  const written: Written = { fields: {}, description: "", descriptions: {}, references: [] };
  const head = /\/\*\*\n((?:(?!\*\/)[\s\S])*)\*\/\nexport declare class/.exec(text)?.[1];
  written.description = firstSentence(head ?? "");
  for (const attribute of module[model]?.attributeTypeMap ?? []) {
    const { baseName } = attribute;
    const quantity = known?.quantities.has(baseName) === true || quantityNames.has(baseName);
    const type = typeText(attribute, { definition, quantity });
    const [, comment = "", optional = "?"] =
      new RegExp(`(?:/\\*\\*\\n((?:(?!\\*/)[\\s\\S])*)\\*/\\n)?    '(?:${baseName}|_${baseName})'(\\??):`).exec(text) ??
      [];
    written.fields[baseName] = optional === "" ? `${type}!` : type;
    const sentence = firstSentence(known?.comments.get(baseName) ?? comment);
    if (sentence !== "") written.descriptions[baseName] = sentence;
  }
  keepKnown(definition, written);
  for (const type of Object.values(written.fields)) {
    if (type.includes(".")) written.references.push(type.replace(/^(\[\]|\{\})+|!$/g, ""));
  }
  return written;
}

const descriptors = readDescriptors(kubectlFile());
const protobufRows = new Map<string, string>();

/** Keeps what Kubernetes 1.34 has of a definition, with the types it has there: the models are newer. */
function keepKnown(definition: string, { fields, descriptions }: Written): void {
  const known = protoDefinition(descriptors, { name: definition, fields });
  if (known === undefined) return;
  for (const [message, row] of known.rows) protobufRows.set(message, row);
  for (const [name, text] of Object.entries(fields)) {
    const type = known.types.get(name);
    if (type === undefined) {
      console.log(`${definition} has no ${name} in this version`);
      delete fields[name];
      delete descriptions[name];
    } else if (type !== text.replace("!", "")) {
      console.log(`${definition} has ${name} as ${type}, not as ${text}`);
      fields[name] = text.endsWith("!") ? `${type}!` : type;
    }
  }
}

async function generate(): Promise<void> {
  const found = new Map<string, Written>();
  const open = [...kinds.map(({ schema }) => schema), ...extraRoots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const written = await readDefinition(name);
    found.set(name, written);
    open.push(...written.references);
  }
  const names = [...found.keys()].sort();
  const lines = (value: (written: Written) => unknown): string =>
    names.map((name) => `  ${JSON.stringify(name)}: ${JSON.stringify(value(found.get(name) as Written))},\n`).join("");
  const note = "// Written by actors/api/schema/generate.ts: add a kind and run it again.\n";
  writeFileSync(
    join(here, "schemas.generated.ts"),
    `${note}\n/** Each definition's fields: \`[]\` is a list, \`{}\` a map, \`!\` marks what is required. */\nexport const schemas: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n${lines(({ fields }) => fields)}};\n`,
  );
  writeFileSync(
    join(here, "descriptions.generated.ts"),
    `${note}\n/** What each definition (under \`""\`) and each of its fields means. */\nexport const descriptions: Readonly<Record<string, Readonly<Record<string, string>>>> = {\n${lines(({ description, descriptions }) => ({ "": description, ...descriptions }))}};\n`,
  );
  const rows = [...protobufRows].sort(([a], [b]) => (a < b ? -1 : 1));
  const rowLines = rows.map(([message, row]) => `  ${JSON.stringify(message)}: ${JSON.stringify(row)},\n`).join("");
  writeFileSync(
    join(here, "protobuf.generated.ts"),
    `${note}\n/**\n * Each message's fields by number: \`3name\`, \`3name=\` if JSON has it when it is zero, \`3^message\` for a message\n * whose fields are its owner's in JSON.\n */\nexport const protobufFields: Readonly<Record<string, string>> = {\n${rowLines}};\n`,
  );
  console.log(`${names.length} definitions written, ${rows.length} messages`);
}

await generate();
