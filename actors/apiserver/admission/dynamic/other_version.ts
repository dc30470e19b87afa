import type { Step } from "../../../../runtime/mod.ts";
import { groupVersionOf, type KindDefinition } from "../../../api/kind.ts";
import type { Fields, Frozen, KubeObject } from "../../../api/types.ts";
import { thaw } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { convertObjects } from "../../conversion/convert_objects.ts";
import type { Draft } from "../../requests/call.ts";
import type { Admitting } from "../_plugin.ts";
import { changeDraft, type DraftChange } from "./change_draft.ts";
import { isOwn } from "./request.ts";

/** Whether a webhook has to convert what is shown of a request in a version of its kind. */
export function needsWebhook({ call }: Admitting, kind: KindDefinition): boolean {
  return kind !== call.kind && call.conversion !== undefined;
}

/** What is said where an expression would need what a webhook converts: expressions wait for nobody. */
export const unconvertible =
  "expressions cannot be evaluated for another version of a kind whose versions a webhook converts; name the version of the request in the rules";

/** A request that is to be shown in a version of its kind. */
export interface Showing {
  readonly kind: KindDefinition;
  readonly done: (shown: Result<Admitting, string>, step: Step) => void;
}

/** The request with its objects as a version of their kind shows them: as they are, unless a webhook converts them. */
export function whenInVersion(admitting: Admitting, step: Step, { kind, done }: Showing) {
  if (!needsWebhook(admitting, kind)) return done(ok(admitting), step);
  const { server, draft, old, call } = admitting;
  const named = Object.entries({ draft, old }).flatMap(([name, object]) =>
    object !== undefined && isOwn(object as Frozen<KubeObject>, call.kind) ? [{ name, object }] : [],
  );
  convertObjects(server, step, {
    kind,
    objects: named.map(({ object }) => object as Frozen<KubeObject>),
    apiVersion: groupVersionOf(kind),
    done: (converted, later) => {
      if (!converted.ok) return done(failed(converted.failure.message ?? ""), later);
      const shown = named.map(({ name }, index) => [name, thaw(converted.value[index] as Frozen<KubeObject>)]);
      done(ok({ ...admitting, ...Object.fromEntries(shown) }), later);
    },
  });
}

/** A change of a draft that may be meant for another version of its kind. */
export interface Changing extends DraftChange {
  readonly done: (changed: Result<boolean, string>, step: Step) => void;
}

/** Changes a draft by a patch that was written for a version of its kind. */
export function changeInVersion(admitting: Admitting, step: Step, { done, ...change }: Changing) {
  const { kind } = change;
  if (!needsWebhook(admitting, kind)) return done(changeDraft(admitting, change), step);
  if (change.patch === undefined) return done(ok(false), step);
  const { server, call, draft } = admitting;
  whenInVersion(admitting, step, {
    kind,
    done: (shown, later) => {
      if (!shown.ok) return done(shown, later);
      const changed = changeDraft({ ...shown.value, call: { ...call, kind } }, change);
      const made = shown.value.draft;
      if (!changed.ok || !changed.value || !made || !draft) return done(changed, later);
      convertObjects(server, later, {
        kind,
        objects: [made as Frozen<KubeObject>],
        apiVersion: groupVersionOf(call.kind),
        done: (back, now) => {
          if (!back.ok) return done(failed(back.failure.message ?? ""), now);
          replace(draft, back.value[0] as Frozen<KubeObject>);
          done(changed, now);
        },
      });
    },
  });
}

function replace(draft: Draft, made: Frozen<KubeObject>): void {
  const fields = draft as unknown as Fields;
  for (const name of Object.keys(fields)) delete fields[name];
  Object.assign(fields, thaw(made));
}
