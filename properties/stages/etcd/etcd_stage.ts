import { etcd } from "../../../actors/etcd/definition.ts";
import type { EtcdCall, EtcdGone, EtcdStatus, EtcdTold } from "../../../actors/etcd/messages.ts";
import { decodeMessage, encodeMessage } from "../../../actors/etcd/protocol/codec.ts";
import { type MethodPath, methods } from "../../../actors/etcd/protocol/methods.ts";
import type { Given, Received } from "../../../actors/etcd/protocol/schema.ts";
import type { DeviceDefinition } from "../../../runtime/devices/device.ts";
import { type StoreStageOptions, storeStage } from "../store/store_stage.ts";

type Request<Path extends MethodPath> = Given<(typeof methods)[Path]["request"]>;
type Response<Path extends MethodPath> = Received<(typeof methods)[Path]["response"]>;

/** A call as its client sees it. */
export interface StagedCall<Path extends MethodPath> {
  readonly heard: Response<Path>[];
  /** How it ended; undefined while it has not. */
  end(): "ok" | EtcdStatus | undefined;
  say(message: Request<Path>): void;
  hangUp(isHalf: boolean): void;
}

/** The store's replicas with the front before them, in simulation; what is said goes through the wire's encoding. */
export function etcdStage(options: StoreStageOptions = {}) {
  const told: EtcdTold[] = [];
  const grpc: DeviceDefinition = {
    name: "grpc",
    needs: () => undefined,
    open: () => ({
      request(request, done) {
        told.push(request as EtcdTold);
        done({ ok: true });
      },
      close() {},
    }),
  };
  const stage = storeStage({ ...options, others: { actors: [etcd], devices: [grpc] } });
  const { simulation, members } = stage;
  const front = simulation.spawnNow({ name: "etcd/0", kind: "etcd", input: { stores: members } });
  simulation.advance(1);
  stage.awaitLeader();
  let calls = 0;

  function call<Path extends MethodPath>(method: Path): StagedCall<Path> {
    const id = ++calls;
    const heard: Response<Path>[] = [];
    const { request, response } = methods[method];
    const read = () => {
      const mine = told.filter((each) => each.call === id);
      heard.splice(0);
      for (const { messages } of mine) {
        for (const message of messages) {
          heard.push(decodeMessage(response, encodeMessage(response, message as never)) as Response<Path>);
        }
      }
      return mine.find(({ end }) => end !== undefined)?.end;
    };
    return {
      heard,
      end: read,
      say(message) {
        const wired = decodeMessage(request, encodeMessage(request, message as never));
        const said: EtcdCall = { type: "etcd.call", call: id, method, message: wired };
        simulation.send(front, said);
      },
      hangUp(isHalf) {
        const gone: EtcdGone = { type: "etcd.gone", call: id, isHalf };
        simulation.send(front, gone);
      },
    };
  }

  /** Asks once; a refusal is its words. */
  function ask<Path extends MethodPath>(method: Path, message: Request<Path>): Response<Path> | string {
    const made = call(method);
    made.say(message);
    simulation.runUntil(() => made.end() !== undefined || made.heard.length > 0, simulation.uptimeMs() + 20_000);
    made.hangUp(true);
    const end = made.end();
    const [first] = made.heard;
    if (first) return first;
    return end === undefined || end === "ok" ? "nothing" : `${end.code} ${end.details}`;
  }

  return { ...stage, front, call, ask };
}
