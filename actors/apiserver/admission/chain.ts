import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Call, Draft } from "../requests/call.ts";
import type { Server } from "../server.ts";
import { kindDefaults } from "./kind_defaults.ts";
import { namespaceLifecycle } from "./namespace_lifecycle.ts";

/** An object on its way in; `done` goes on, with a Status when the object is refused. */
export interface Admitting {
  readonly draft: Draft;
  readonly done: (status: Status | undefined, step: Step) => void;
}

/** One of the gates that a new object passes: it may change the draft, refuse it, and look things up first. */
export interface Admission {
  readonly name: string;
  admit(server: Server, call: Call, step: Step, admitting: Admitting): void;
}

/** The gates, in the order in which an object passes them. */
export const admissions: readonly Admission[] = [namespaceLifecycle, kindDefaults];

/** Passes a new object through all gates. */
export function admitCreate(server: Server, call: Call, step: Step, { draft, done }: Admitting, at = 0) {
  const gate = admissions[at];
  if (!gate) return done(undefined, step);
  gate.admit(server, call, step, {
    draft,
    done: (status, later) => (status ? done(status, later) : admitCreate(server, call, later, { draft, done }, at + 1)),
  });
}
