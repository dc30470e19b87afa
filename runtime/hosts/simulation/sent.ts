import type { Address, AskId, Mail, Message, ReplyEvent } from "../../core/actor.ts";

/** An event between two actors while it is on its way. */
export interface Sent {
  readonly type: string;
  readonly ask: AskId;
  readonly event: { readonly type: string };
  /** What the fault layer may look at. */
  readonly body: Message | undefined;
  readonly isReply: boolean;
}

/** A message on its way; `ask` is 0 when no answer is awaited. */
export function sentMail(from: Address, body: Message, ask: AskId): Sent {
  const event: Mail = { type: body.type, body, from, ask };
  return { type: body.type, ask, event, body, isReply: false };
}

/** An answer on its way. */
export function sentReply(from: Address, body: unknown, ask: AskId): Sent {
  const event: ReplyEvent = { type: "reply", ask, from, body };
  const isMessage = typeof body === "object" && body !== null && "type" in body;
  return { type: "reply", ask, event, body: isMessage ? (body as Message) : undefined, isReply: true };
}

/** Something that the runtime itself tells: `failed`, `down`, `child.exited`. */
export function sentNotice(event: { readonly type: string }, ask: AskId): Sent {
  return { type: event.type, ask, event, body: undefined, isReply: false };
}
