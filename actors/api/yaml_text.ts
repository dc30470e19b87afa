import { dump } from "js-yaml";

/** The YAML of a value, as Kubernetes lays it out: fields in the order of the alphabet, lists not indented. */
export function yamlText(value: unknown): string {
  return dump(value, { sortKeys: true, seqNoIndent: true, lineWidth: -1, noRefs: true, quoteStyle: "double" });
}

/** The YAML of a value as an item of a list that is a field of a document. */
export function yamlItem(value: unknown): string {
  return `- ${yamlText(value).slice(0, -1).replaceAll("\n", "\n  ")}\n`;
}
