/**
 * YAML to JSON, as sigs.k8s.io/yaml does it, in time and memory linear in the text: how many nodes it may have is
 * known before it is parsed, and aliases, which make little text stand for much, are counted as they stand for it.
 */
import { EVENT_ID, getScalarValue, parseEvents, SCALAR_STYLE, YAMLException } from "js-yaml";
import { failed, ok, type Result } from "../kit/result.ts";
import { depthMax } from "./json_depth.ts";
import { addAlias, addScalar, begin, createBuilder, end, WrongYaml } from "./yaml_builder.ts";
import { scalarValue } from "./yaml_scalars.ts";

/** A document as JSON. */
export interface YamlDocument {
  readonly json: string;
  /** Keys that a mapping has twice, of which the last counts, in go-yaml's words: `line 4: key "b" already set in map`. */
  readonly repeatedKeys: readonly string[];
}

/**
 * The characters `,:-?[{*&` that begin a node: the parser takes up to 300 bytes for each. A file of Kubernetes has one
 * in twenty characters, so the largest body has a third of this.
 */
const indicatorsMax = 400_000;

/**
 * The first document of a text as JSON (`null` when there is none), or why the text is no YAML, or cannot be JSON, in
 * go-yaml's way: `yaml: line 2: ...`.
 */
export function yamlToJson(text: string): Result<YamlDocument, string> {
  const documents = yamlDocuments(text);
  return documents.ok ? ok(documents.value[0] ?? { json: "null", repeatedKeys: [] }) : documents;
}

/** All documents of a text, each as JSON, or why it has none. */
export function yamlDocuments(text: string): Result<readonly YamlDocument[], string> {
  if (hasTooManyNodes(text)) {
    return failed(`yaml: more than ${indicatorsMax} nodes: send less at once, or JSON`);
  }
  try {
    return ok(build(text));
  } catch (thrown) {
    if (thrown instanceof WrongYaml) return failed(thrown.message);
    if (!(thrown instanceof YAMLException)) throw thrown;
    const line = thrown.mark === undefined ? "" : `line ${thrown.mark.line + 1}: `;
    return failed(`yaml: ${line}${thrown.reason}`);
  }
}

function hasTooManyNodes(text: string): boolean {
  if (text.length <= indicatorsMax) return false;
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case 0x2d: // A dash begins an item, or a document, only where a space follows.
      case 0x3f:
        if (text.charCodeAt(at + 1) <= 0x20 || at + 1 === text.length) count++;
        break;
      case 0x26:
      case 0x2a:
      case 0x2c:
      case 0x3a:
      case 0x5b:
      case 0x7b:
        count++;
    }
    if (count > indicatorsMax) return true;
  }
  return false;
}

function build(text: string): YamlDocument[] {
  const documents: YamlDocument[] = [];
  const line = lineCounter(text);
  const part = (from: number, to: number) => (from < 0 ? "" : text.slice(from, to));
  let builder = createBuilder(line);
  let depth = 0;
  for (const event of parseEvents(text, { maxDepth: depthMax })) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        builder = createBuilder(line);
        depth = 0;
        break;
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const anchor = part(event.anchorStart, event.anchorEnd);
        begin(builder, event.type === EVENT_ID.MAPPING ? {} : [], anchor);
        depth++;
        break;
      }
      case EVENT_ID.SCALAR: {
        const isPlain = event.style === SCALAR_STYLE.PLAIN;
        const written = event.valueStart < 0 ? "" : getScalarValue(text, event);
        const scalar = scalarValue({ text: written, isPlain, tag: part(event.tagStart, event.tagEnd) });
        const at = Math.max(event.valueStart, 0);
        if (!scalar.ok) throw new WrongYaml(`yaml: ${scalar.failure}`);
        const anchor = part(event.anchorStart, event.anchorEnd);
        addScalar(builder, scalar.value, { at, anchor, isMerge: isPlain && written === "<<" });
        break;
      }
      case EVENT_ID.ALIAS:
        addAlias(builder, part(event.anchorStart, event.anchorEnd), event.anchorStart);
        break;
      default:
        // The last end is the document's own.
        if (depth-- > 0) end(builder);
        else documents.push({ json: JSON.stringify(builder.root?.value ?? null), repeatedKeys: builder.repeatedKeys });
    }
  }
  return documents;
}

/** Tells the line of places that are asked for from the first to the last, reading the text once. */
function lineCounter(text: string): (offset: number) => number {
  let [line, next] = [1, text.indexOf("\n")];
  return (offset) => {
    while (next >= 0 && next < offset) {
      line++;
      next = text.indexOf("\n", next + 1);
    }
    return line;
  };
}
