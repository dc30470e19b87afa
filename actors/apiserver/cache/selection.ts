import {
  type FieldRequirement,
  fieldSelectorError,
  matchesFields,
  parseFieldSelector,
} from "../../api/field_selector.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { storageKey, storageRange } from "../../api/kind.ts";
import { matchesLabels, parseLabelSelector, type Selector } from "../../api/label_selector.ts";
import { isOpenToController } from "../../api/owner_references.ts";
import { badRequest, type Status } from "../../api/status.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { type Item, objectFor } from "../storage/item.ts";

/** Which objects of a kind are meant: those under a prefix of the store that match the selectors. */
export interface Selection {
  readonly kind: KindDefinition;
  /** What the keys begin with: all of the kind, or of one namespace. */
  readonly prefix: string;
  /** The one key that can match, when the request names an object. */
  readonly key: string | undefined;
  /** The value that the indexed field must have, when the request says so. */
  readonly indexed: string | undefined;
  /** Absent when every object matches. */
  readonly labels: Selector | undefined;
  readonly fields: readonly FieldRequirement[];
  /** The kind of the controllers whose objects are meant, with those that nobody controls. Absent: all. */
  readonly openTo: string | undefined;
}

/** What a selection is made from. */
export interface SelectionRequest {
  readonly kind: KindDefinition;
  readonly namespace: string;
  /** Empty: all names. */
  readonly name: string;
  readonly query: Readonly<Record<string, string>>;
  /** The field that the cache of the kind has an index of. */
  readonly indexedField: string | undefined;
  readonly openTo?: string | undefined;
}

/** The selection that a request asks for, or what is wrong with it. */
export function selectionOf({
  kind,
  namespace,
  name,
  query,
  indexedField,
  openTo,
}: SelectionRequest): Result<Selection, Status> {
  const labels = parseLabelSelector(query.labelSelector ?? "");
  if (!labels.ok) return failed(badRequest(labels.failure));
  const parsed = parseFieldSelector(query.fieldSelector ?? "");
  if (!parsed.ok) return failed(badRequest(parsed.failure));
  const fields = parsed.value;
  const unknown = fieldSelectorError(fields, kind.fieldSelectors);
  if (unknown !== undefined) return failed(badRequest(unknown));
  const pinned = (field: string) => fields.find((each) => each.field === field && each.equal)?.value;
  const onlyName = name === "" ? pinned("metadata.name") : name;
  const onlyNamespace = namespace === "" && kind.namespaced ? (pinned("metadata.namespace") ?? "") : namespace;
  const canPin = onlyName !== undefined && (!kind.namespaced || onlyNamespace !== "");
  const { nothing, requirements } = labels.value;
  return ok({
    kind,
    prefix: storageRange(kind, onlyNamespace),
    key: canPin ? storageKey(kind, { namespace: onlyNamespace, name: onlyName }) : undefined,
    indexed: indexedField === undefined ? undefined : pinned(indexedField),
    labels: nothing || requirements.length > 0 ? labels.value : undefined,
    fields,
    openTo,
  });
}

/** Whether an item is one of those that are meant. */
export function selects(selection: Selection, item: Item): boolean {
  const { key, prefix, labels, fields, openTo, kind } = selection;
  if (key === undefined ? !item.key.startsWith(prefix) : item.key !== key) return false;
  if (!labels && fields.length === 0 && openTo === undefined) return true;
  const object = objectFor(kind, item);
  if (openTo !== undefined && !isOpenToController(object, openTo)) return false;
  if (labels && !matchesLabels(labels, object.metadata.labels)) return false;
  return fields.length === 0 || matchesFields(fields, { object, readers: kind.fieldSelectors });
}
