import type { Mail, Step } from "../../../runtime/mod.ts";
import type {
  CompactRequest,
  RangeRequest,
  StatusAnswer,
  StoreAnswer,
  StoreError,
  StoreRequest,
  TxnRequest,
} from "../../store/messages.ts";
import type { MethodPath, methods } from "../protocol/methods.ts";
import type { Given, Received } from "../protocol/schema.ts";
import type { LinkAnswer } from "./messages.ts";
import type { OutsideData } from "./outside_data.ts";
import { askedRange, askedTxn, foundError, foundKeyValue, foundResults } from "./translate.ts";

/** How long etcd may take. */
const timeoutMs = 10_000;
const kv = "/etcdserverpb.KV/";
/** Of gRPC's codes, that of who cannot be reached. */
const unavailable = 14;

type Methods = typeof methods;

/** One question to etcd. */
export interface Question<Method extends MethodPath> {
  readonly method: Method;
  readonly message: Given<Methods[Method]["request"]>;
  /** Whether nobody knows what became of it when there is no answer. Default false. */
  readonly isWrite?: boolean;
}

/** Who asks, and when. */
export interface Asking {
  readonly data: OutsideData;
  readonly step: Step;
}

/** Asks etcd something. */
export function askEtcd<Method extends MethodPath>(
  { data, step }: Asking,
  { method, message, isWrite = false }: Question<Method>,
  done: (answer: Received<Methods[Method]["response"]> | StoreError, step: Step) => void,
): void {
  const { endpoint, asks } = data;
  const request = { op: "call", endpoint, method, message, timeoutMs };
  asks.wait<LinkAnswer>(step.device("etcd_link", request), (result, later) => {
    const answer = result.ok ? result.value : { ok: false as const, code: unavailable, details: result.failure };
    if (!answer.ok) {
      if (answer.code === unavailable) data.isReached = false;
      return done(foundError(answer, isWrite), later);
    }
    data.isReached = true;
    done(answer.message as Received<Methods[Method]["response"]>, later);
  });
}

function isError(answer: object): answer is StoreError {
  return "type" in answer && answer.type === "store.error";
}

/** Notes how far etcd is, and says it. */
export function revisionIn(data: OutsideData, header: Received<"ResponseHeader"> | undefined): number {
  const revision = header?.revision ?? 0;
  data.term = Math.max(data.term, header?.raft_term ?? 0);
  data.revision = Math.max(data.revision, revision);
  return revision;
}

/** Reads a range. */
export function onRange(data: OutsideData, mail: Mail<RangeRequest>, step: Step): void {
  askEtcd({ data, step }, { method: `${kv}Range`, message: askedRange(mail.body) }, (answer, later) => {
    const said: StoreAnswer = isError(answer)
      ? answer
      : {
          ...{ type: "store.range.ok", revision: revisionIn(data, answer.header), more: answer.more },
          ...{ kvs: answer.kvs.map(foundKeyValue), count: answer.count },
        };
    later.reply(mail, said);
  });
}

/** Carries out a transaction. */
export function onTxn(data: OutsideData, mail: Mail<TxnRequest>, step: Step): void {
  const message = askedTxn(mail.body);
  askEtcd({ data, step }, { method: `${kv}Txn`, message, isWrite: true }, (answer, later) => {
    const said: StoreAnswer = isError(answer)
      ? answer
      : {
          ...{ type: "store.txn.ok", revision: revisionIn(data, answer.header), succeeded: answer.succeeded },
          results: foundResults(answer.responses),
        };
    later.reply(mail, said);
  });
}

/** Forgets old revisions. */
export function onCompact(data: OutsideData, mail: Mail<CompactRequest>, step: Step): void {
  const { revision } = mail.body;
  askEtcd({ data, step }, { method: `${kv}Compact`, message: { revision }, isWrite: true }, (answer, later) => {
    later.reply(mail, isError(answer) ? answer : ({ type: "store.compact.ok", revision } satisfies StoreAnswer));
  });
}

/** Tells what etcd says of itself: to the cluster it is one replica, which leads as long as etcd has a leader. */
export function onStatus(data: OutsideData, mail: Mail, step: Step): void {
  askEtcd({ data, step }, { method: "/etcdserverpb.Maintenance/Status", message: {} }, (answer, later) => {
    if (isError(answer)) return later.reply(mail, answer);
    const { self } = later;
    const revision = revisionIn(data, answer.header);
    const { dbSize, leader, raftIndex, raftTerm } = answer;
    later.reply(mail, {
      ...{ type: "store.status.ok", self, leader: leader === "0" ? undefined : self, term: raftTerm, revision },
      ...{
        lastIndex: raftIndex,
        appliedIndex: raftIndex,
        compactedRevision: 0,
        members: [{ id: self, isLearner: false }],
      },
      ...{ quotaBytes: 0, liveBytes: dbSize, historyBytes: 0, alarms: [] },
    } satisfies StatusAnswer);
  });
}

/** What only etcd itself can be asked. */
export function onOther({ endpoint }: OutsideData, mail: Mail<StoreRequest>, step: Step): void {
  const where = `${endpoint.host}:${endpoint.port}`;
  const message = `Cannot carry out ${mail.body.type}: the store is the etcd at ${where}, ask that with etcdctl`;
  step.reply(mail, { type: "store.error", code: "refused", message } satisfies StoreError);
}
