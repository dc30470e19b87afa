import type { Step } from "../../../runtime/mod.ts";
import type { Status } from "../../api/status.ts";
import type { Call, Draft, Existing } from "../requests/call.ts";
import type { DeleteOptions } from "../requests/delete_options.ts";
import type { Server } from "../server.ts";

/** What is about to be done to an object; to connect is to reach into its container. */
export type Operation = "CREATE" | "UPDATE" | "DELETE" | "CONNECT";

/** What a plugin is asked to let in. */
export interface Admitting {
  readonly operation: Operation;
  readonly server: Server;
  readonly call: Call;
  /** The object as it will be, or the body of a part's create; absent for DELETE and CONNECT. */
  readonly draft?: Draft;
  /** The object as it is; absent where there is none yet, or where none is looked at. */
  readonly old?: Existing;
  /** For DELETE. */
  readonly deleteOptions?: DeleteOptions;
  /** What those keep who may be asked twice; made by the first of them. */
  rounds?: Rounds;
}

/**
 * The first round may have to be gone through a second time: who changes a draft at the will of others may have changed
 * what somebody before has seen.
 */
export interface Rounds {
  readonly isSecond: boolean;
  /** Whether somebody has said that there has to be a second. */
  isSecondWanted: boolean;
  /** By plugin: what it keeps from one round to the other. */
  readonly kept: Map<string, unknown>;
}

/** Goes on: with a Status when the request is refused. */
export type Verdict = (refusal: Status | undefined, step: Step) => void;

/** Judges a request, at once or in a later step, when it has looked something up. */
export type Gate = (admitting: Admitting, verdict: Verdict, step: Step) => void;

/** Which requests a plugin is for. */
export interface Handled {
  readonly operations: readonly Operation[];
  // `*/*` is every resource and every part of it.
  /** `pods`, `deployments.apps`, `pods/binding`; `*` is every resource, and no part of any. */
  readonly resources: readonly string[];
}

/**
 * One of the gates that a request passes before anything is stored.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
export interface AdmissionPlugin {
  /** Kubernetes' own name for it. */
  readonly name: string;
  /** Where it stands in Kubernetes' order, which `AllOrderedPlugins` of kube-apiserver lists, counted from 1. */
  readonly place: number;
  readonly handles: readonly Handled[];
  /** Whether it lets a request pass as it is, so that it need not be asked: quick to tell. Default: it has to be asked. */
  readonly isIdle?: (admitting: Admitting) => boolean;
  /** In the first round: it may change the draft. */
  readonly admit?: Gate;
  /** In the second round, when the object is as it will be stored. */
  readonly validate?: Gate;
}
