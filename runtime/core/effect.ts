import type { ChildSpec } from "../supervision/child_spec.ts";
import type { Address, AskId, Message } from "./actor.ts";

/** What an actor wants done: plain data, carried out by the host after the step, in order. */
export type Effect =
  | { readonly kind: "send"; readonly to: Address; readonly body: Message }
  | {
      readonly kind: "ask";
      readonly to: Address;
      readonly body: Message;
      readonly id: AskId;
      readonly timeoutMs: number;
    }
  | { readonly kind: "reply"; readonly to: Address; readonly id: AskId; readonly body: unknown }
  | { readonly kind: "timer"; readonly name: string; readonly delayMs: number }
  | { readonly kind: "cancel"; readonly name: string }
  | { readonly kind: "device"; readonly device: string; readonly id: AskId; readonly request: unknown }
  | { readonly kind: "spawn"; readonly spec: ChildSpec }
  | { readonly kind: "stop"; readonly address: Address }
  | { readonly kind: "monitor"; readonly address: Address }
  | { readonly kind: "demonitor"; readonly address: Address }
  | { readonly kind: "log"; readonly text: string };
