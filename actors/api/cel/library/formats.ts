import { isOfFormat } from "../../custom/formats.ts";
import {
  dns1035LabelErrors,
  dnsLabelErrors,
  dnsSubdomainErrors,
  labelKeyErrors,
  labelValueErrors,
} from "../../validation/names.ts";
import { type CelFunction, isSpecial, none, noOverload, type Value } from "../values.ts";

type Errors = (text: string) => readonly string[];

/** What begins a name may end with a dash. */
const prefix =
  (errors: Errors): Errors =>
  (text) =>
    errors(text.endsWith("-") ? `${text}a` : text);
const ofFormat =
  (format: string): Errors =>
  (text) =>
    isOfFormat(text, format) ? [] : [`invalid ${format}`];

const formats: Readonly<Record<string, Errors>> = {
  dns1123Label: dnsLabelErrors,
  dns1123Subdomain: dnsSubdomainErrors,
  dns1035Label: dns1035LabelErrors,
  qualifiedName: labelKeyErrors,
  dns1123LabelPrefix: prefix(dnsLabelErrors),
  dns1123SubdomainPrefix: prefix(dnsSubdomainErrors),
  dns1035LabelPrefix: prefix(dns1035LabelErrors),
  labelValue: labelValueErrors,
  uri: ofFormat("uri"),
  uuid: ofFormat("uuid"),
  byte: ofFormat("byte"),
  date: ofFormat("date"),
  datetime: ofFormat("datetime"),
};

const formatNamed = (name: string): Value => ({ tag: "format", errors: formats[name] ?? (() => []) });

/** @see https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-format-library */
export const formatFunctions: readonly (readonly [string, CelFunction])[] = [
  ...Object.keys(formats).map((name) => [`format.${name}`, () => formatNamed(name)] as const),
  [
    "format.named",
    ([name]) => {
      if (typeof name !== "string") return noOverload;
      return Object.hasOwn(formats, name) ? { tag: "optional", value: formatNamed(name) } : none;
    },
  ],
  [
    "validate",
    ([format, text]) => {
      if (format === undefined || !isSpecial(format) || format.tag !== "format" || typeof text !== "string")
        return noOverload;
      const errors = format.errors(text);
      return errors.length === 0 ? none : { tag: "optional", value: [...errors] };
    },
  ],
];
