import type { Step } from "../../../runtime/mod.ts";
import { defineKind, type KindDefinition } from "../../api/kind.ts";
import type { Status } from "../../api/status.ts";
import type { ObjectMeta } from "../../api/types.ts";
import type { Result } from "../../kit/result.ts";
import type { Rights } from "../authorization/_rights.ts";
import type { User } from "../messages.ts";
import type { TokenVerifier } from "../tokens/verify_token.ts";

/** A question, who asks it, and who goes on with the answer. */
export interface Asked {
  readonly object: { readonly metadata: ObjectMeta; readonly spec?: unknown };
  readonly asker: User;
  readonly done: Answered;
}

/** Takes the status that is the answer, or why there is none. */
export type Answered = (status: Result<object, Status>, step: Step) => void;

/** What answers may need of the server. */
export interface Answering extends TokenVerifier {
  readonly rights: Rights;
}

/** A kind whose objects are questions, answered by themselves rather than by the authorizers: who is it? */
export interface AnsweredReview {
  readonly kind: KindDefinition;
  /** Answers at once, or in a later step. */
  answer(server: Answering, asked: Asked, step: Step): void;
}

/** The definition of such a kind. */
export function identityKind(kind: string): KindDefinition {
  return defineKind({
    group: "authentication.k8s.io",
    kind,
    plural: `${kind.toLowerCase()}s`,
    namespaced: false,
    verbs: ["create"],
    schema: `io.k8s.api.authentication.v1.${kind}`,
  });
}

/** A user as clients are told of one. */
export function userInfo({ name, uid, groups, extra }: User): object {
  return { username: name, ...(uid === undefined ? {} : { uid }), groups, ...(extra === undefined ? {} : { extra }) };
}
