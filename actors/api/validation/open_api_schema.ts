/**
 * The rules for a schema of custom resources, in the words of apiextensions-apiserver's `pkg/apis/apiextensions/validation`.
 */

import { compile } from "../cel/check.ts";
import { checkedType, schemaType } from "../cel/type_check.ts";
import { fieldPathOf } from "../custom/field_path.ts";
import { isFields, type JsonSchema, objectFields, type Rule } from "../custom/json_schema.ts";
import { compiledRules, withCommon } from "../custom/rules.ts";
import { addErrors, type FieldError, forbidden, invalid, notSupported, required } from "../field_error.ts";
import { listErrors } from "./list_schema.ts";

const types = ["array", "boolean", "integer", "number", "object", "string"];
const reasons = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];

/** What is wrong with a schema. */
export interface OpenApiErrors {
  readonly schemaErrors: FieldError[];
  /** What is wrong with its rules, of which nobody speaks where the schema that they are about is wrong. */
  readonly ruleErrors: FieldError[];
}

/** How a schema is judged. */
export interface OpenApiOptions {
  /** Whether the schema is structural, so that its rules can be compiled. */
  readonly compiles: boolean;
}

interface Place {
  readonly at: string;
  readonly isRoot: boolean;
  readonly compiles: boolean;
  /** Whether the schema is one of what every object has. */
  readonly inMetadata: boolean;
  /** Why there may be no default; undefined: there may be one. */
  readonly defaultless: string | undefined;
  /** The first place above whose items nobody can tell from what they were. */
  readonly uncorrelated: string | undefined;
}

/** Judges a schema from its root. */
export function openApiErrors(schema: JsonSchema, at: string, { compiles }: OpenApiOptions): OpenApiErrors {
  const errors: OpenApiErrors = { schemaErrors: [], ruleErrors: [] };
  const place = { at, isRoot: true, compiles, inMetadata: false, defaultless: undefined, uncorrelated: undefined };
  judge(schema, place, errors);
  return errors;
}

type Wide = JsonSchema & Readonly<Record<string, unknown>>;

function judge(schema: JsonSchema, place: Place, errors: OpenApiErrors): void {
  const before = errors.schemaErrors.length;
  const { at } = place;
  addErrors(errors.schemaErrors, ownErrors(schema as Wide, place));
  judgeInner(schema, place, errors);
  addErrors(errors.schemaErrors, listErrors(schema, at));
  const rules = schema["x-kubernetes-validations"] ?? [];
  for (const [index, rule] of rules.entries()) {
    const here = `${at}.x-kubernetes-validations[${index}]`;
    addErrors(errors.schemaErrors, ruleTextErrors(rule, { at: here, schema }));
  }
  if (rules.length > 0 && place.compiles && errors.schemaErrors.length === before) {
    addErrors(errors.ruleErrors, compileErrors(place.isRoot ? withCommon(schema) : schema, place));
  }
}

function judgeInner(schema: JsonSchema, place: Place, errors: OpenApiErrors): void {
  const { at, isRoot, inMetadata } = place;
  const { items, additionalProperties, properties = {}, not } = schema;
  const inner: Place = { ...place, isRoot: false };
  if (isFields(additionalProperties)) {
    const reason = "inside additionalProperties applying to object metadata";
    const defaultless = inMetadata ? reason : place.defaultless;
    const here = { ...inner, at: `${at}.additionalProperties`, defaultless };
    judge(additionalProperties as JsonSchema, here, errors);
  }
  const isObject = isRoot || schema["x-kubernetes-embedded-resource"] === true;
  for (const [name, each] of Object.entries(properties)) {
    const isCommon = isObject && objectFields.has(name);
    const defaultless = isCommon && isRoot ? `in top-level ${name}` : place.defaultless;
    const here = { ...inner, at: `${at}.properties[${name}]`, defaultless, inMetadata: inMetadata || isCommon };
    judge(each, here, errors);
  }
  // What `allOf` and the like say of a value has no rules of its own.
  const nested: Place = { ...inner, compiles: false };
  if (not !== undefined) judge(not, { ...nested, at: `${at}.not` }, errors);
  for (const junctor of ["allOf", "oneOf", "anyOf"] as const) {
    for (const [index, each] of (schema[junctor] ?? []).entries()) {
      judge(each, { ...nested, at: `${at}.${junctor}[${index}]` }, errors);
    }
  }
  if (!isFields(items)) return;
  const isMap = schema["x-kubernetes-list-type"] === "map";
  const uncorrelated = isMap ? place.uncorrelated : (place.uncorrelated ?? at);
  judge(items, { ...inner, at: `${at}.items`, uncorrelated }, errors);
}

const hasFields = (value: unknown): boolean => isFields(value) && Object.keys(value).length > 0;

function ownErrors(schema: Wide, { at, inMetadata, defaultless }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { type = "", additionalProperties } = schema;
  if (type !== "" && !types.includes(type)) errors.push(notSupported(`${at}.type`, type, types));
  if (schema.default !== undefined && schema.default !== null && defaultless !== undefined)
    errors.push(forbidden(`${at}.default`, `must not be set ${defaultless}`));
  const unsupported = {
    id: Boolean(schema.id),
    additionalItems: schema.additionalItems !== undefined,
    patternProperties: hasFields(schema.patternProperties),
    definitions: hasFields(schema.definitions),
    dependencies: schema.dependencies !== undefined,
    $ref: schema.$ref !== undefined,
  };
  for (const [name, isThere] of Object.entries(unsupported))
    if (isThere) errors.push(forbidden(`${at}.${name}`, `${name} is not supported`));
  if (type === "null")
    errors.push(forbidden(`${at}.type`, "type cannot be set to null, use nullable as an alternative"));
  if (Array.isArray(schema.items))
    errors.push(forbidden(`${at}.items`, "items must be a schema object and not an array"));
  const isEmbedded = schema["x-kubernetes-embedded-resource"] === true;
  if (inMetadata && isEmbedded)
    errors.push(forbidden(`${at}.x-kubernetes-embedded-resource`, "must not be used inside of resource meta"));
  if (schema.uniqueItems === true) {
    const text = "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
    errors.push(forbidden(`${at}.uniqueItems`, text));
  }
  if (additionalProperties !== undefined && additionalProperties !== true && hasFields(schema.properties)) {
    const text = "additionalProperties and properties are mutual exclusive";
    errors.push(forbidden(`${at}.additionalProperties`, text));
  }
  const field = "x-kubernetes-preserve-unknown-fields";
  if (schema[field] === false) errors.push(invalid(`${at}.${field}`, false, "must be true or undefined"));
  return errors;
}

interface RulePlace {
  readonly at: string;
  readonly schema: JsonSchema;
}

const lineBreak = /[\n\r]/;

function ruleTextErrors(given: Rule, { at, schema }: RulePlace): FieldError[] {
  const { rule = "", message = "", messageExpression = "", reason, fieldPath = "" } = given;
  const errors: FieldError[] = [];
  const [text, said] = [rule.trim(), message.trim()];
  if (text === "") errors.push(required(`${at}.rule`, "rule is not specified"));
  else if (message !== "" && said === "")
    errors.push(invalid(`${at}.message`, message, "message must be non-empty if specified"));
  else if (lineBreak.test(said)) errors.push(invalid(`${at}.message`, message, "message must not contain line breaks"));
  else if (lineBreak.test(text) && said === "")
    errors.push(required(`${at}.message`, "message must be specified if rule contains line breaks"));
  if (messageExpression !== "" && messageExpression.trim() === "")
    errors.push(required(`${at}.messageExpression`, "messageExpression must be non-empty if specified"));
  if (reason !== undefined && !reasons.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, reasons));
  const wrongPath = (detail: string) => errors.push(invalid(`${at}.fieldPath`, fieldPath, detail));
  if (fieldPath !== "" && fieldPath.trim() === "") wrongPath("fieldPath must be non-empty if specified");
  if (lineBreak.test(fieldPath)) wrongPath("fieldPath must not contain line breaks");
  if (fieldPath !== "" && !fieldPathOf(fieldPath, schema).ok) wrongPath("fieldPath must be a valid path");
  return errors;
}

/** A rule as errors show it: with the names that Kubernetes' own server has for its parts. */
function shownRule({ rule, message = "", messageExpression = "", reason, fieldPath = "", optionalOldSelf }: Rule) {
  return {
    ...{ Rule: rule, Message: message, MessageExpression: messageExpression, Reason: reason ?? null },
    ...{ FieldPath: fieldPath, OptionalOldSelf: optionalOldSelf ?? null },
  };
}

function compileErrors(schema: JsonSchema, { at, uncorrelated }: Place): FieldError[] {
  const errors: FieldError[] = [];
  const rules = schema["x-kubernetes-validations"] ?? [];
  for (const [index, compiled] of compiledRules(schema).entries()) {
    const rule = rules[index];
    if (rule === undefined || compiled === undefined) continue;
    const here = `${at}.x-kubernetes-validations[${index}]`;
    const variables = variablesOf(schema, rule);
    const problem = compiled.ok
      ? typeProblem(rule.rule, { variables, wanted: "bool", told: "cel expression must evaluate to a bool" })
      : compiled.failure;
    if (problem !== undefined) {
      const isType = problem.startsWith("cel expression");
      errors.push(invalid(`${here}.rule`, shownRule(rule), isType ? problem : `compilation failed: ${problem}`));
    }
    const expression = rule.messageExpression ?? "";
    const messageProblem = problem === undefined && expression !== "" ? messageErrorOf(expression, schema) : undefined;
    if (messageProblem !== undefined)
      errors.push(invalid(`${here}.messageExpression`, shownRule(rule), messageProblem));
    const usesOld = compiled.ok && compiled.value.names.has("oldSelf");
    if (usesOld && uncorrelated !== undefined) {
      const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelated}`;
      errors.push(invalid(`${here}.rule`, rule.rule, text));
    } else if (!usesOld && rule.optionalOldSelf !== undefined) {
      const text = "may not be set if oldSelf is not used in rule";
      errors.push(invalid(`${here}.optionalOldSelf`, rule.optionalOldSelf, text));
    }
  }
  return errors;
}

type Variables = ReadonlyMap<string, JsonSchema | undefined>;

function variablesOf(schema: JsonSchema, { optionalOldSelf }: Pick<Rule, "optionalOldSelf">): Variables {
  return new Map([
    ["self", schema],
    ["oldSelf", optionalOldSelf === true ? undefined : schema],
  ]);
}

interface Wanted {
  readonly variables: Variables;
  readonly wanted: string;
  readonly told: string;
}

function typeProblem(text: string, { variables, wanted, told }: Wanted): string | undefined {
  const known = new Map([...variables].map(([name, schema]) => [name, schemaType(schema)] as const));
  const { errors, type } = checkedType(text, known);
  return errors ?? (type === undefined || type === wanted ? undefined : told);
}

function messageErrorOf(expression: string, schema: JsonSchema): string | undefined {
  const variables = variablesOf(schema, {});
  const read = compile(expression, variables);
  if (!read.ok) return `messageExpression compilation failed: ${read.failure}`;
  const told = "messageExpression must evaluate to a string";
  const problem = typeProblem(expression, { variables, wanted: "string", told });
  return problem === undefined || problem === told ? problem : `messageExpression compilation failed: ${problem}`;
}
