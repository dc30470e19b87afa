import { type Address, hash32, mix32, type Step } from "../../runtime/mod.ts";
import { askStore, createStoreClient, currentReplica } from "../client/store_client.ts";
import { createAsks } from "../kit/asks.ts";
import type { StoreAnswer, StoreError, StoreRequest } from "../store/messages.ts";
import type { At, Call, FrontData } from "./front_data.ts";
import type { EtcdInput, EtcdStatus, EtcdTold, GrpcAnswer } from "./messages.ts";
import type { Given, MessageName } from "./protocol/schema.ts";
import { statusOf } from "./status.ts";

/** Begins with no calls. */
export function createFront(input: EtcdInput, step: Step): FrontData {
  const asks = createAsks<Step>();
  return {
    ...{ store: createStoreClient(input.stores, asks, step), asks },
    ...{ cluster: input.cluster ?? "default", socket: input.socket },
    ...{ calls: new Map(), watches: new Map(), lastWatch: 0, term: 0, revision: 0, looks: [], port: 0 },
  };
}

const listenRetryMs = 500;
/** The timer that tries again to listen. */
export const listenTimer = "listen";

/** Listens, when it is to, and asks what term it is. */
export function listen(data: FrontData, step: Step): void {
  askStore(data.store, step, { type: "store.status" }, (answer) => {
    if (answer.type === "store.status.ok") data.term = answer.term;
  });
  if (!data.socket) return;
  data.asks.wait<GrpcAnswer>(step.device("grpc", { op: "listen", ...data.socket }), (result, later) => {
    const answer = result.ok ? result.value : undefined;
    if (answer?.ok) data.port = answer.port ?? 0;
    else {
      later.log(`Cannot serve etcd's API: ${answer?.message ?? "the device does not answer"}; trying again`);
      later.timer(listenTimer, listenRetryMs);
    }
  });
}

/** What a call asks the store, and which answer is a good one. */
export interface StoreQuestion<Type extends StoreAnswer["type"]> {
  readonly call: Call;
  readonly request: StoreRequest;
  readonly expect: Type;
}

/** Asks the store for a call: `done` has what it answers; an error of it is the end of the call. */
export function askFor<Type extends StoreAnswer["type"]>(
  { data, step }: At,
  { call, request, expect }: StoreQuestion<Type>,
  done: (answer: Extract<StoreAnswer, { type: Type }>, step: Step) => void,
): void {
  askStore(data.store, step, request, (answer, later) => {
    if ("revision" in answer) data.revision = Math.max(data.revision, answer.revision);
    if (answer.type === expect) done(answer as Extract<StoreAnswer, { type: Type }>, later);
    else endCall(data, call, { step: later, status: statusOf(answer as StoreError) });
  });
}

/** Answers what the client has said; a call whose client has nothing more to say is over when all of it is answered. */
export function answer({ data, step }: At, call: Call, message: Given<MessageName>): void {
  call.waiting--;
  tell(data, call, { step, messages: [message] });
}

/** Tells a client something. */
export function tell(
  data: FrontData,
  call: Call,
  { step, messages }: { readonly step: Step; readonly messages: readonly Given<MessageName>[] },
): void {
  if (data.calls.get(call.id) !== call) return;
  const isOver = call.isHalf && call.waiting <= 0 && !call.watch;
  hand(data, { op: "tell", call: call.id, messages, ...(isOver ? { end: "ok" as const } : {}) }, step);
  if (isOver) data.calls.delete(call.id);
}

/** Tells a client something that is long, piece by piece, as fast as it takes them; then the call is over. */
export function tellPieces(
  data: FrontData,
  call: Call,
  { step, pieces }: { readonly step: Step; readonly pieces: Iterator<readonly Given<MessageName>[]> },
): void {
  if (data.calls.get(call.id) !== call) return;
  const { value: messages, done: isOver = false } = pieces.next();
  if (isOver) {
    endCall(data, call, { step, status: "ok" });
    return;
  }
  const told = { op: "tell", call: call.id, messages, isPaced: true } as const;
  data.asks.wait<GrpcAnswer>(step.device("grpc", told), (_answer, later) =>
    tellPieces(data, call, { step: later, pieces }),
  );
}

/** Ends a call. */
export function endCall(
  data: FrontData,
  call: Call,
  { step, status }: { readonly step: Step; readonly status: "ok" | EtcdStatus },
): void {
  if (!data.calls.delete(call.id)) return;
  hand(data, { op: "tell", call: call.id, messages: [], end: status }, step);
}

function hand(data: FrontData, told: EtcdTold, step: Step) {
  data.asks.wait<GrpcAnswer>(step.device("grpc", told), () => {});
}

/** The head of an answer: whose it is, and what revision it is of. */
export function header(data: FrontData, revision = data.revision): Given<"ResponseHeader"> {
  const { cluster, store, term } = data;
  return { cluster_id: idOf(cluster), member_id: memberId(cluster, currentReplica(store)), revision, raft_term: term };
}

/** The number that etcd's clients know a member by. */
export function memberId(cluster: string, address: Address): string {
  return idOf(`${cluster} ${address}`);
}

/** 64 bits of a name. */
function idOf(name: string): string {
  const low = hash32(name);
  return `${(BigInt(mix32(low, name.length)) << 32n) | BigInt(low)}`;
}
