import type { Frozen, ObjectMeta, PodTemplateSpec } from "../types.ts";
import { nameWarnings } from "./names.ts";
import { type PodLike, podWarnings } from "./pod_spec.ts";

interface Templated {
  readonly metadata: Frozen<ObjectMeta>;
  readonly template: Frozen<PodTemplateSpec> | undefined;
}

/**
 * What a server warns of in what makes pods of a template, which is at `at`: in its name when it is new, in the template
 * when it changes.
 */
export function* templateWarnings(
  { metadata, template }: Templated,
  old: { readonly metadata: Frozen<ObjectMeta> } | undefined,
  at = "spec.template",
): Generator<string> {
  if (old === undefined) yield* nameWarnings(metadata.name, "Pod names and hostnames");
  else if (metadata.generation === old.metadata.generation) return;
  yield* podWarnings(template as PodLike, at);
}
