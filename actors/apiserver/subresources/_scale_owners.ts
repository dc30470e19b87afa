/**
 * Who owns the number of replicas: a Scale shows the managers of its object as its own, and what becomes of them there
 * becomes of them in the object.
 *
 * Source: `ScaleHandler` of k8s.io/apimachinery, `pkg/util/managedfields/scalehandler.go`.
 */
import { difference, type FieldSet, has, isEmpty, setOfPaths } from "../../api/apply/field_set.ts";
import { idOf, type Managed, type Managers, type Owner, withFields } from "../../api/apply/managers.ts";

/** The version of all Scales. */
export const scaleVersion = "autoscaling/v1";
const replicas: FieldSet = setOfPaths(["f:spec", "f:replicas"]);

/** Where an object of a version has its number of replicas; undefined where it has none, or there is no such version. */
export type ReplicasPath = (apiVersion: string) => readonly string[] | undefined;

/** The managers of an object's Scale. */
export function managersOfScale(managers: Managers, pathIn: ReplicasPath): Managers {
  const result = new Map<string, Managed>();
  for (const managed of managers.values()) {
    const path = pathIn(managed.owner.apiVersion);
    if (path === undefined || !has(managed.owner.fields, path)) continue;
    const owner = asOfScale(managed.owner);
    result.set(idOf(owner), { ...managed, owner });
  }
  return result;
}

function asOfScale(owner: Owner): Owner {
  return { ...owner, apiVersion: scaleVersion, fields: replicas };
}

/** What became of a Scale's managers. */
export interface Scaled {
  readonly managers: Managers;
  readonly pathIn: ReplicasPath;
  /** The version in which the object was scaled. */
  readonly apiVersion: string;
}

/** The managers of the object whose Scale has these now. */
export function managersOfScaled(before: Managers, { managers, pathIn, apiVersion }: Scaled): Managers {
  const result = new Map<string, Managed>();
  const known = new Set<string>();
  for (const [id, managed] of before) {
    const { owner } = managed;
    const path = pathIn(owner.apiVersion);
    const scaleId = idOf(asOfScale(owner));
    if (path === undefined || !has(owner.fields, path)) result.set(id, managed);
    else if (managers.has(scaleId)) {
      known.add(scaleId);
      result.set(id, managed);
    } else {
      const left = difference(owner.fields, setOfPaths(path));
      if (!isEmpty(left)) result.set(id, withFields(managed, left));
    }
  }
  const own = pathIn(apiVersion);
  for (const [scaleId, { owner }] of managers) {
    if (known.has(scaleId) || own === undefined || !has(owner.fields, ["f:spec", "f:replicas"])) continue;
    // When that was is not written down, as in Kubernetes.
    const scaler: Owner = { ...owner, apiVersion, fields: setOfPaths(own) };
    result.set(idOf(scaler), { owner: scaler });
  }
  return result;
}
