import type { Fields } from "../../../actors/api/types.ts";
import { type Change, judgeReadings } from "../../checkers/history.ts";
import type { WriteReading } from "../../workload/readings.ts";
import { type ApiOperation, type FolderReading, type Page, seenObject } from "./data.ts";
import { allFolders, countedMax, type Folder, folders } from "./folders.ts";
import { isForbidden } from "./hooks.ts";
import { markFor } from "./marks.ts";
import { isMarkOnly, type Verdict, verdictOn } from "./model.ts";
import { isDry, show } from "./operations.ts";
import { folderOf } from "./requests.ts";
import type { TimedChange, Timeline } from "./timeline.ts";
import { type Thing, type ThingChange, textOf } from "./truth.ts";

// ---- Changes

/** Objects that the server makes for itself. */
const isOurs = ({ folder, name }: ThingChange) => !(folder.name === "services" && name === "kubernetes");

/** What is wrong with what was committed: each change is what a request asks for, and each request changes once. */
export function judgeChanges(timeline: Timeline, operations: readonly ApiOperation[]): string | undefined {
  const { changes } = timeline;
  const done = new Set<ApiOperation>();
  const removals = operations.filter(
    ({ command }) => ["delete", "deleteAll", "evict"].includes(command.op) && !isDry(command),
  );
  const keepers = operations.filter(({ command }) => command.op === "update" || command.op === "patch");
  for (const change of changes) {
    if (!isOurs(change)) continue;
    const { by } = change;
    const wrong = by
      ? judgeMarked(change, by, done.has(by))
      : unexplained(timeline, change, change.after ? removals : [...removals, ...keepers]);
    if (wrong !== undefined) return `${describe(change)}: ${wrong}`;
    if (by) done.add(by);
  }
  return undefined;
}

function judgeMarked(change: TimedChange, by: ApiOperation, isDone: boolean): string | undefined {
  const what = show(by);
  if (isDone) return `it is the second change that ${what} made`;
  if (isDry(by.command)) return `${what} was only to be tried`;
  if (!isDuring(change, by)) return `${what} was answered, or not yet asked, at that time`;
  if (by.answer && by.answer.code >= 400) return `${what} was refused with ${by.answer.code}`;
  const { after, before, ownersBefore } = change;
  const verdict = verdictOn(by, before, { owners: ownersBefore });
  if (verdict.is !== "put")
    return `${what} was not to write that, but to be ${told(verdict)}, before it was ${textOf(before)}`;
  const wrong = after && verdict.wrong(after);
  return wrong === undefined ? undefined : `${what} made ${textOf(after)} of ${textOf(before)}: ${wrong}`;
}

/** Whether it was under way: what nobody answered may be done at any time after. */
function isDuring({ atMs }: ThingChange, { callMs, returnMs, answer }: ApiOperation): boolean {
  return atMs >= callMs && (answer === undefined || atMs < returnMs + 1);
}

/** A change without a mark is a deletion, or its begin, that somebody asked for. */
function unexplained(timeline: Timeline, change: TimedChange, operations: readonly ApiOperation[]): string | undefined {
  const { folder, name, before, after, ownersBefore } = change;
  const candidates = operations.filter(
    (each) => isDuring(change, each) && isAbout(each, folder, name) && wasMeant(timeline, each, name),
  );
  const reasons = candidates.map((each) => {
    const verdict = verdictOn(each, before, { owners: ownersBefore });
    if (after && before && each.command.op === "evict" && isMarkOnly(before, after)) return undefined;
    if (!after) return verdict.is === "gone" ? undefined : `${show(each)} was to be ${told(verdict)}`;
    const wrong = verdict.is === "put" ? verdict.wrong(after) : told(verdict);
    return wrong === undefined ? undefined : `${show(each)}: ${wrong}`;
  });
  if (reasons.includes(undefined)) return undefined;
  const made = `${textOf(after)} was made of ${textOf(before)}`;
  return candidates.length === 0 ? `${made}, and nobody asked for it` : `${made}; ${reasons.join("; ")}`;
}

function isAbout({ command, request }: ApiOperation, folder: Folder, name: string): boolean {
  return (
    folderOf(command) === folder && (request.name === undefined ? command.op === "deleteAll" : request.name === name)
  );
}

/** Whether a request for all that are alike meant this one, at any time while it was under way. */
function wasMeant(timeline: Timeline, operation: ApiOperation, name: string): boolean {
  // What nobody answered may be done later, when others are alike.
  if (operation.command.op !== "deleteAll" || !operation.answer) return true;
  return timeline.statesDuring(operation, name).some(({ thing }) => thing !== undefined && isMeant(operation, thing));
}

function isMeant({ command }: ApiOperation, { metadata }: Thing): boolean {
  if (command.op !== "deleteAll" || command.tier === undefined) return true;
  return (metadata as { readonly labels?: { readonly tier?: string } }).labels?.tier === command.tier;
}

function told(verdict: Verdict): string {
  return verdict.is === "refused" ? `refused with ${verdict.codes.join(" or ")}` : verdict.is;
}

// ---- Answers

/** Whether somebody was not answered while nothing was wrong. */
export function judgeCalm(operations: readonly ApiOperation[]): string | undefined {
  // Of ports there are fewer than Services: a server tells that as a fault of its own.
  const failed = operations.find(({ command, answer }) => !answer && folderOf(command) !== folders.services);
  return failed && `${show(failed)} failed, and nothing was wrong`;
}

/** What is wrong with what writers were told. */
export function judgeAnswers(timeline: Timeline, operations: readonly ApiOperation[]): string | undefined {
  const changed = new Map<ApiOperation, TimedChange>();
  for (const change of timeline.changes) if (change.by) changed.set(change.by, change);
  for (const operation of operations) {
    const { answer, command } = operation;
    if (!answer || command.op === "get" || command.op === "list") continue;
    if (command.op === "deleteAll" && (answer.code >= 400 || isDry(command))) continue;
    const wrong =
      command.op === "deleteAll"
        ? judgeRemovalOfAll(timeline, operation)
        : answer.code >= 400
          ? judgeRefusal(timeline, operation, operations)
          : isDry(command)
            ? judgeTrial(timeline, operation)
            : markFor(operation) === undefined
              ? judgeRemoval(timeline, operation)
              : judgeDone(timeline, operation, changed.get(operation));
    if (wrong !== undefined) return `${show(operation)} was answered with ${answer.code}: ${wrong}`;
  }
  return undefined;
}

function judgeDone(timeline: Timeline, operation: ApiOperation, change: TimedChange | undefined): string | undefined {
  const { answer, command, request } = operation;
  if (!change?.after) {
    // What takes the last that kept an object ends it.
    const states = timeline.statesDuring(operation, request.name ?? "");
    const isEnd = states.some(({ thing, owners }) => verdictOn(operation, thing, { owners }).is === "gone");
    return isEnd && states.some(({ thing }) => thing === undefined) ? undefined : "nothing like it was committed";
  }
  if (command.op === "bind") return undefined;
  const body = answer?.body as Thing;
  if (Number(body.metadata.resourceVersion) !== change.revision) {
    return `it names version ${body.metadata.resourceVersion}, it was committed at ${change.revision}`;
  }
  if (command.op === "scale") return undefined;
  if (textOf(body) === textOf(change.after)) return unowned(operation, body);
  return `it shows ${textOf(body)}, and ${textOf(change.after)} was committed`;
}

/** Whoever writes an object owns the mark that it leaves there. */
function unowned({ command, client }: ApiOperation, { metadata }: Thing): string | undefined {
  const owners = (metadata.managedFields ?? []) as readonly Fields[];
  const operation = command.op === "apply" ? "Apply" : "Update";
  const part = command.op === "update" && command.part === "status" ? "status" : undefined;
  const isOwn = (each: Fields) =>
    each.manager === `client-${client}` && each.operation === operation && each.subresource === part;
  return owners.some(isOwn) ? undefined : `nothing of it is its writer's: ${JSON.stringify(owners)}`;
}

/** There was a time at which what was shown would have come of it. */
function judgeTrial(timeline: Timeline, operation: ApiOperation): string | undefined {
  const { answer, command } = operation;
  // Their answers do not show what would have come of it.
  if (["delete", "scale", "bind", "evict"].includes(command.op)) return undefined;
  const shown = answer?.body as Thing;
  const reasons = timeline.statesDuring(operation, shown.metadata.name).map(({ thing, owners }) => {
    const verdict = verdictOn(operation, thing, { owners });
    return verdict.is === "put" ? verdict.wrong(shown) : verdict.is === "gone" ? undefined : told(verdict);
  });
  return reasons.includes(undefined) ? undefined : `it shows ${textOf(shown)}: ${reasons.join("; ")}`;
}

/** What is deleted is gone then, or its deletion has begun. */
function judgeRemoval(timeline: Timeline, operation: ApiOperation): string | undefined {
  const states = timeline.statesDuring(operation, operation.request.name ?? "");
  const isGoing = (thing: Thing | undefined) => thing === undefined || thing.metadata.deletionTimestamp !== undefined;
  return states.some(({ thing }) => isGoing(thing)) ? undefined : "it was there all the time";
}

/** What was there all the time, and was meant, is gone when all are deleted, or its deletion has begun. */
function judgeRemovalOfAll(timeline: Timeline, operation: ApiOperation): string | undefined {
  const folder = folderOf(operation.command);
  const names = new Set(timeline.changes.filter((each) => each.folder === folder).map(({ name }) => name));
  const left = [...names].find((name) => {
    if (folder === folders.services && name === "kubernetes") return false;
    const states = timeline.statesDuring(operation, name).map(({ thing }) => thing);
    const uid = states[0]?.metadata.uid;
    return states.every(
      (thing) =>
        thing !== undefined &&
        thing.metadata.uid === uid &&
        thing.metadata.deletionTimestamp === undefined &&
        isMeant(operation, thing),
    );
  });
  return left === undefined ? undefined : `${left} was there all the time, and is as it was`;
}

function judgeRefusal(timeline: Timeline, operation: ApiOperation, all: readonly ApiOperation[]): string | undefined {
  const { answer, request } = operation;
  const code = answer?.code ?? 0;
  // Come again: the server has only begun, or a budget is used up.
  if (code === 429) return undefined;
  if (isScarce(operation, all)) return undefined;
  const name = request.name ?? (JSON.parse(request.body ?? "{}") as Thing).metadata.name;
  const states = name === undefined ? [] : timeline.statesDuring(operation, name);
  const things = states.map(({ thing }) => thing);
  if (code === 403 && isForbidden(operation, things)) return undefined;
  if (name === undefined) return "a name of its own is nobody else's";
  const verdicts = states.map(({ thing, owners }) => verdictOn(operation, thing, { owners }));
  const isSo = (each: Verdict) =>
    each.is === "refused" ? each.codes.includes(code) : each.is === "put" && each.unless?.includes(code) === true;
  if (verdicts.some(isSo)) return undefined;
  return `it was to be ${verdicts.map(told).join(", or ")}; ${JSON.stringify(answer?.body)}`;
}

/** Whether it wants what there is too little of, and others have asked for as much as there is. */
function isScarce({ command, answer, returnMs }: ApiOperation, all: readonly ApiOperation[]): boolean {
  if (command.op !== "create" || !("folder" in command)) return false;
  const isFull =
    (command.folder === "counted" && answer?.code === 403) || (command.folder === "services" && answer?.code === 422);
  const before = all.filter(
    ({ command: other, callMs }) => other.op === "create" && other.folder === command.folder && callMs <= returnMs,
  );
  return isFull && before.length > countedMax;
}

// ---- Guests

/** Whether one who may only look at maps was shown, or let do, more than that; or was not shown them, where that right is fixed. */
export function judgeGuest(
  operations: readonly ApiOperation[],
  readings: readonly FolderReading[],
  { isFixed }: { readonly isFixed: boolean },
): string | undefined {
  const shown = readings.find(
    ({ folder, reading }) =>
      folder !== folders.maps && (reading.op === "list" || (reading.op === "watch" && reading.openedMs !== undefined)),
  );
  if (shown) return `who may only look at maps was shown ${shown.folder.name}, by a ${shown.reading.op}`;
  for (const operation of operations) {
    const { command, answer } = operation;
    if (!answer) continue;
    const isHis = folderOf(command) === folders.maps && (command.op === "get" || command.op === "list");
    if (answer.code < 400 && !isHis)
      return `who may only look at maps was answered with ${answer.code}: ${show(operation)}`;
    if (answer.code === 403 && isHis && isFixed)
      return `who may look at maps was answered with 403: ${show(operation)}`;
  }
  return undefined;
}

// ---- Readings

/** What is wrong with what readers saw: what was committed counts as acknowledged. */
export function judgeReaders(
  changes: readonly ThingChange[],
  readings: readonly FolderReading[],
  span: { readonly endMs: number; readonly transitMs: number },
): string | undefined {
  for (const folder of allFolders) {
    const own = changes.filter((each) => each.folder === folder);
    const history = own.map(({ name, revision, after, atMs }): Change => {
      return { name, version: revision, object: after && { ...seenObject(folder, after), version: revision }, atMs };
    });
    const committed = history.map(({ name, object, atMs }): WriteReading => {
      const write = {
        op: "write",
        verb: object ? "update" : "delete",
        name,
        seen: object,
        callMs: atMs,
        returnMs: atMs,
      } as const;
      return { ...write, expect: undefined, field: undefined };
    });
    const seen = readings.filter((each) => each.folder === folder).map(({ reading }) => reading);
    const wrong = judgeReadings(history, [...committed, ...seen], span);
    if (wrong !== undefined) return `${folder.name}: ${wrong}`;
  }
  return undefined;
}

/** Whether pages of a list said how many were still to come. */
export function judgePages(pages: readonly (readonly Page[])[]): string | undefined {
  for (const list of pages) {
    for (const [index, { remaining }] of list.entries()) {
      const left = list.slice(index + 1).reduce((sum, { items }) => sum + items.length, 0);
      if (remaining !== (left === 0 ? undefined : left))
        return `page ${index + 1} of ${list.length} says that ${remaining} are still to come, and ${left} were`;
    }
  }
  return undefined;
}

/** A get shows what was there while it was asked for; one that asks for what is at hand, what once was. */
export function judgeGets(timeline: Timeline, operations: readonly ApiOperation[]): string | undefined {
  const { changes } = timeline;
  for (const operation of operations) {
    const { command, answer, request } = operation;
    if (command.op !== "get" || !answer) continue;
    const { metadata } = answer.body as Partial<Thing>;
    const version = answer.code === 200 ? metadata?.resourceVersion : undefined;
    const states = timeline.statesDuring(operation, request.name ?? "").map(({ thing }) => thing);
    const isKnown = answer.code === 200 || answer.code === 404;
    if (isKnown && !command.any && !states.some((thing) => thing?.metadata.resourceVersion === version))
      return `${show(operation)} showed version ${version}, and while it was asked there were ${states.map(textOf).join("; ")}`;
    if (answer.code !== 200) continue;
    const seen = seenObject(folderOf(command), answer.body as Thing);
    const found = changes.find(
      ({ folder, name, revision }) =>
        folder === folderOf(command) && name === request.name && revision === seen.version,
    );
    if (textOf(found?.after) !== seen.data)
      return `a get of ${request.name} showed ${seen.data}, and ${textOf(found?.after)} was committed at ${seen.version}`;
  }
  return undefined;
}

function describe({ folder, name, revision }: ThingChange): string {
  return `${folder.name}/${name} at version ${revision}`;
}
