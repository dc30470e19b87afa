import { setup } from "xstate";
import type { Fields } from "../../../actors/api/types.ts";
import type { ApiResponse, ApiServerMessage, WatchPiece } from "../../../actors/apiserver/messages.ts";
import { type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import type { SeenEvent } from "../../workload/readings.ts";
import type { ApiAnswer, ApiClientData, ApiClientInput, Asked, OpenWatch, Page } from "./data.ts";
import { seenObject } from "./data.ts";
import { type Folder, nameOf } from "./folders.ts";
import { folderOf, type Knowledge, requestOf, seenKey, versionSeen } from "./requests.ts";
import type { ApiCommand } from "./run.ts";
import type { Thing } from "./truth.ts";

const versionsMax = 12;

const { act, on, begin } = reducers<ApiClientData, ApiServerMessage>();

/** Whether a client has done all that it had to do. */
export function isDone({ begun, asked, commands }: ApiClientData): boolean {
  return begun === commands.length && asked === undefined;
}

function wait({ begun, commands }: ApiClientData, step: Step) {
  const next = commands[begun];
  if (next) step.timer("next", next.afterMs);
}

function call(data: ApiClientData, step: Step) {
  const next = data.commands[data.begun];
  if (!next || data.asked) return;
  data.begun++;
  const command = withObject(data, next);
  const request = requestOf(command, data);
  const to = data.servers[command.to % data.servers.length] as string;
  const asked = { command, request, to, callMs: step.uptimeMs, pages: [] };
  if (command.op !== "watch") return ask(data, asked, step);
  const watch = data.begun;
  ask(data, { ...asked, request: { ...request, watch } }, step);
  data.watches.set(watch, {
    server: to,
    sequence: 0,
    heardMs: step.uptimeMs,
    reading: watchReading(data, command, step),
  });
}

/** Who has never seen what it is to replace looks first. */
function withObject({ seen }: ApiClientData, command: ApiCommand): ApiCommand {
  if (command.op !== "update") return command;
  const { folder, nth, client, afterMs, to } = command;
  if (seen.has(seenKey(folderOf(command), nameOf(nth)))) return command;
  return { op: "get", folder, nth, client, afterMs, to };
}

function ask(data: ApiClientData, asked: Asked, step: Step) {
  data.asked = asked;
  step.ask(asked.to, asked.request, data.patienceMs);
}

type WatchCommand = Extract<Asked["command"], { op: "watch" }>;

function watchReading(data: ApiClientData & Knowledge, command: WatchCommand, step: Step): OpenWatch["reading"] {
  const folder = folderOf(command);
  const from = versionSeen(data, folder, command.back);
  const reading: OpenWatch["reading"] = {
    ...{ op: "watch", from, isInitial: command.initial || from === 0, tier: command.tier, events: [] },
    ...{ callMs: step.uptimeMs, openedMs: undefined, hasEnded: false },
  };
  data.readings.push({ folder, reading });
  return reading;
}

function answered(data: ApiClientData, response: ApiResponse, step: Step) {
  const { asked } = data;
  if (!asked) return;
  const body = response.body === "" ? {} : (JSON.parse(response.body) as Fields);
  const items = response.items?.map((text) => JSON.parse(text));
  const answer: ApiAnswer = { code: response.code, body: items ? { ...body, items } : body };
  if (asked.command.op === "list" && answer.code === 200) return takePage(data, { asked, answer }, step);
  // A server that had nothing done says so, but for these: then nobody knows.
  note(data, answer.code >= 500 ? undefined : answer, step);
}

function note(data: ApiClientData, answer: ApiAnswer | undefined, step: Step) {
  const { asked, begun, client } = data;
  if (!asked) return;
  data.asked = undefined;
  const { command, request, callMs } = asked;
  if (command.op === "watch") {
    const reading = data.watches.get(request.watch ?? 0)?.reading;
    if (reading && answer?.code === 200) reading.openedMs = step.uptimeMs;
    else endWatch(data, request.watch ?? 0);
    if (answer?.code === 200) step.monitor(asked.to);
  } else data.operations.push({ client, begun, command, request, callMs, answer, returnMs: step.uptimeMs });
  if (answer) learn(data, asked, answer);
  wait(data, step);
}

function learn(data: ApiClientData, { command, request }: Asked, { code, body }: ApiAnswer) {
  if (command.op === "create" && command.blind) return;
  const folder = folderOf(command);
  const { metadata, kind } = body as Partial<Thing>;
  if (code < 300 && kind === folder.kind && metadata?.resourceVersion !== undefined && !request.query?.dryRun) {
    data.seen.set(seenKey(folder, metadata.name), body as Thing);
    remember(data, folder, Number(metadata.resourceVersion));
  }
  if (code === 404 && request.name !== undefined) data.seen.delete(seenKey(folder, request.name));
}

function remember({ versions }: ApiClientData, folder: Folder, version: number) {
  versions.set(folder.name, [...(versions.get(folder.name) ?? []), version].slice(-versionsMax));
}

function takePage(data: ApiClientData, { asked, answer }: { asked: Asked; answer: ApiAnswer }, step: Step) {
  const folder = folderOf(asked.command);
  const { metadata, items } = answer.body as unknown as {
    readonly metadata: {
      readonly resourceVersion: string;
      readonly continue?: string;
      readonly remainingItemCount?: number;
    };
    readonly items: readonly Thing[];
  };
  const version = Number(metadata.resourceVersion);
  const page: Page = {
    version,
    items: items.map((each) => seenObject(folder, each)),
    remaining: metadata.remainingItemCount,
  };
  const pages = [...asked.pages, page];
  for (const each of items) data.seen.set(seenKey(folder, each.metadata.name), { ...each, kind: folder.kind });
  if (!metadata.continue) {
    noteList(data, { ...asked, pages }, step);
    remember(data, folder, version);
    data.asked = undefined;
    return wait(data, step);
  }
  const { resourceVersion: _version, resourceVersionMatch: _match, ...query } = asked.request.query ?? {};
  ask(data, { ...asked, pages, request: { ...asked.request, query: { ...query, continue: metadata.continue } } }, step);
}

function noteList(data: ApiClientData, { command, callMs, pages }: Asked, step: Step) {
  if (command.op !== "list") return;
  const folder = folderOf(command);
  const seen = versionSeen(data, folder, command.back);
  const match = seen === 0 && command.match !== "any" ? "newest" : command.match;
  const asked = match === "notOlder" || match === "exact" ? seen : 0;
  // How many are still to come is only said where everything is asked for.
  if (pages.length > 1 && command.tier === undefined) data.pages.push(pages);
  const items = pages.flatMap((page) => page.items);
  const versions = pages.map(({ version }) => version);
  const reading = {
    op: "list",
    match,
    asked,
    tier: command.tier,
    versions,
    items,
    callMs,
    returnMs: step.uptimeMs,
  } as const;
  data.readings.push({ folder, reading });
}

// ---- Watches

function endWatch({ watches }: ApiClientData, watch: number) {
  const open = watches.get(watch);
  if (open) open.reading.hasEnded = true;
  watches.delete(watch);
}

function take(data: ApiClientData, { watch, sequence, events }: WatchPiece, step: Step) {
  const open = data.watches.get(watch);
  if (!open) return;
  open.heardMs = step.uptimeMs;
  // A piece that only says which was the last, and one that comes again, tell of what is missing.
  const next = events ? open.sequence + 1 : open.sequence;
  if (sequence !== next) return endWatch(data, watch);
  open.sequence = next;
  const found = data.readings.find(({ reading }) => reading === open.reading);
  for (const { type, object } of events ?? []) {
    if (type === "ERROR" || !found) return endWatch(data, watch);
    open.reading.events.push(seenEvent(found.folder, type, JSON.parse(object) as Thing));
  }
}

function seenEvent(folder: Folder, type: SeenEvent["type"], object: Thing): SeenEvent {
  const { annotations } = object.metadata as { readonly annotations?: Readonly<Record<string, string>> };
  const endsInitial = annotations?.["k8s.io/initial-events-end"] === "true";
  const { name, version, data } = seenObject(folder, object);
  return { type, name, version, endsInitial, ...(type === "BOOKMARK" ? {} : { data }) };
}

function lose(data: ApiClientData, server: string) {
  for (const [watch, open] of [...data.watches]) if (open.server === server) endWatch(data, watch);
}

/** A client of the API servers: does one thing after the other, and notes when it asked, when it was answered, and what. */
export const apiSuiteClient = defineActor<ApiClientInput>({
  kind: "api_suite_client",
  module: import.meta.url,
  digest: ({ operations, readings }: ApiClientData) => operations.length + readings.length,
  machine: setup({
    types: {} as ChartTypes<ApiClientData, ApiServerMessage, ApiClientInput>,
    actions: {
      wait: act((data, _event, step) => wait(data, step)),
      call: act((data, _event, step) => call(data, step)),
      answered: on("reply", (data, { body }, step) => answered(data, body as ApiResponse, step)),
      failed: on("failed", (data, _event, step) => note(data, undefined, step)),
      take: on("api.watch", (data, { body }, step) => {
        for (const piece of body.pieces) take(data, piece, step);
      }),
      closed: on("api.watch.closed", (data, { body }) => endWatch(data, body.watch)),
      lose: on("down", (data, { address }) => lose(data, address)),
    },
  }).createMachine({
    id: "api_suite_client",
    context: begin((input: ApiClientInput) => ({
      ...input,
      ...{ operations: [], readings: [], pages: [], seen: new Map(), versions: new Map(), watches: new Map() },
      ...{ begun: 0, asked: undefined },
    })),
    initial: "working",
    states: {
      working: {
        entry: "wait",
        on: {
          reply: { actions: "answered" },
          failed: { actions: "failed" },
          "api.watch": { actions: "take" },
          "api.watch.closed": { actions: "closed" },
          down: { actions: "lose" },
          "timer.next": { actions: "call" },
        },
      },
    },
  }),
});
