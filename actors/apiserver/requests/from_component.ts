import type { Mail, Step } from "../../../runtime/mod.ts";
import { askerOf } from "../authentication/_component.ts";
import { anonymousUser } from "../authentication/anonymous.ts";
import { removeWatcher, type WatchSink } from "../cache/watchers.ts";
import type { ApiRequest, ApiUnwatch, ApiWatchClosed, ApiWatchEvents } from "../messages.ts";
import type { Server } from "../server.ts";
import type { Incoming } from "./incoming.ts";

const sinkName = (from: string, watch: number) => `component ${from} ${watch}`;

/** A component's request, answered by message: who it is its address tells. */
export function fromComponent({ components }: Pick<Server, "components">, mail: Mail<ApiRequest>): Incoming {
  const component = components(mail.from);
  return {
    request: mail.body,
    user: component ? askerOf(component, mail.body.verb) : anonymousUser,
    representation: "object",
    isComponent: component !== undefined,
    sinkName: sinkName(mail.from, mail.body.watch ?? 0),
    openSink: (step) => openSink(mail, step),
    respond: (step, response) => step.reply(mail, response),
  };
}

function openSink(mail: Mail<ApiRequest>, step: Step): WatchSink {
  const { from, body } = mail;
  const watch = body.watch ?? 0;
  step.reply(mail, { type: "api.response", code: 200, body: "{}" });
  step.monitor(from);
  let sequence = 0;
  return {
    name: sinkName(from, watch),
    owner: from,
    lastNumber: () => ({ watch, sequence }),
    // Its mailbox is the bound.
    pieceCharsMax: Number.POSITIVE_INFINITY,
    isReady: () => true,
    waitingBytes: () => 0,
    send(events, later) {
      const body: ApiWatchEvents = { type: "api.watch", pieces: [{ watch, sequence: ++sequence, events }] };
      later.send(from, body);
    },
    close: (later) => closed(later, from, watch),
    abort: (later) => closed(later, from, watch),
  };
}

function closed(step: Step, to: string, watch: number) {
  const body: ApiWatchClosed = { type: "api.watch.closed", watch };
  step.send(to, body);
}

/** Ends a watch that its watcher no longer wants. */
export function takeUnwatch(server: Server, { from, body }: Mail<ApiUnwatch>, step: Step): void {
  const watcher = server.watchers.byName.get(sinkName(from, body.watch));
  if (!watcher) return;
  removeWatcher(server.watchers, watcher);
  if (!server.watchers.byOwner.has(from) && !server.kubeletStreams.guests.byKubelet.has(from)) step.demonitor(from);
}

/** Forgets all watches of somebody who is gone. */
export function dropOwner(server: Server, owner: string): void {
  for (const watcher of [...(server.watchers.byOwner.get(owner) ?? [])]) removeWatcher(server.watchers, watcher);
}
