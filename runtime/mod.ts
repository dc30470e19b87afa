/** The only thing that actors import: how to define an actor, and the words it uses. */
export {
  type ActorDefinition,
  type ActorEvent,
  type Address,
  type AskId,
  type ChildExitedEvent,
  type DownEvent,
  defineActor,
  type FailedEvent,
  type Mail,
  type Message,
  type ReplyEvent,
  type StopEvent,
  type TimerEvent,
} from "./core/actor.ts";
export type { Effect } from "./core/effect.ts";
export { type ChartTypes, type Handler, type Handlers, handlers, reducers } from "./core/handlers.ts";
export type { Boxed } from "./core/machine.ts";
export { allows, type PermissionNeed, type Permissions, permissionNames, scopeProblem } from "./core/permissions.ts";
export { hash32, mix32, type Random, randomFrom } from "./core/random.ts";
export type { Step } from "./core/step.ts";
export type {
  AnswerHeaders,
  DiskAnswer,
  DiskRequest,
  HttpsAnswer,
  HttpsFailure,
  HttpsHead,
  HttpsHeaders,
  HttpsPiece,
  HttpsRequest,
  HttpsStreamRequest,
  NetAnswer,
  NetMessage,
  NetRequest,
  NetUsage,
  SentHeaders,
  TcpAnswer,
  TcpMessage,
  TcpRequest,
} from "./devices/messages.ts";
export type { ChildSpec } from "./supervision/child_spec.ts";
