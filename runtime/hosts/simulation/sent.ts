import type { Address, AskId, FailedEvent, Mail, Message, ReplyEvent } from "../../core/actor.ts";

/** An event between two actors while it is on its way. */
export interface Sent {
  readonly run: "mail" | "reply";
  readonly type: string;
  readonly from: Address;
  readonly ask: AskId;
  readonly event: { readonly type: string };
  /** What the fault layer may look at. */
  readonly body: Message | undefined;
}

/** A message on its way; `ask` is 0 when no answer is awaited. */
export function sentMail(from: Address, body: Message, ask: AskId): Sent {
  const event: Mail = { type: body.type, body, from, ask };
  return { run: "mail", type: body.type, from, ask, event, body };
}

/** The same message with what befell it on its way; what is no message has no place for that. */
export function withMishap(sent: Sent, mishap: string): Sent {
  const { run, from, ask, body } = sent;
  return run === "mail" && body !== undefined ? sentMail(from, { ...body, mishap } as Message, ask) : sent;
}

/** An answer on its way. */
export function sentReply(from: Address, body: unknown, ask: AskId): Sent {
  const event: ReplyEvent = { type: "reply", ask, from, body };
  const isMessage = typeof body === "object" && body !== null && "type" in body;
  return { run: "reply", type: "reply", from, ask, event, body: isMessage ? (body as Message) : undefined };
}

/** Something that the runtime itself tells of an actor: `down`, `child.exited`. */
export function sentNotice(from: Address, event: { readonly type: string }, ask: AskId): Sent {
  return { run: "mail", type: event.type, from, ask, event, body: undefined };
}

/** The news that an ask gets no answer. */
export function sentFailure(event: FailedEvent): Sent {
  return { run: "reply", type: event.type, from: event.from, ask: event.ask, event, body: undefined };
}
