import { getHeapStatistics, setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ActorEvent, Address, AskId } from "../../core/actor.ts";
import { mix32 } from "../../core/random.ts";
import { createFaultEngine, type FaultEngine } from "../../faults/engine.ts";
import type { FaultControl } from "../../faults/kind.ts";
import { createAskDeadlines } from "./ask_deadlines.ts";
import type { ShardControl, ShardStats, StatsOptions } from "./control.ts";
import { createLinks, type Links } from "./links.ts";
import type { ShardActor, ShardEvent } from "./shard_actor.ts";
import { createShardDevices } from "./shard_devices.ts";
import type { ShardGround, ShardOptions } from "./shard_ground.ts";
import { createShardLives } from "./shard_lives.ts";
import { createShardMail, force } from "./shard_mail.ts";
import { createShardSteps } from "./shard_steps.ts";
import { createShardTimers } from "./shard_timers.ts";
import { createShardTurns } from "./shard_turns.ts";

const farewellMsMax = 1000;

/** Lifecycles are the main thread's: its engine begins and ends them. */
const noControl: FaultControl = {
  addresses: () => [],
  crash: () => {},
  holdDown: () => {},
  pause: () => {},
  resume: () => {},
};

/** The runtime of one worker: any number of actors, their mail, timers and devices. */
export function createShard(options: ShardOptions): ShardControl {
  const ground = createGround(options);
  const { actors, links, mail, lives } = ground;
  return {
    ...lifeControlOf(ground),
    ...faultControlOf(ground.faults),
    start: lives.start,
    located: links.located,
    accept: links.accept,
    drop: links.drop,
    inspect(address) {
      const actor = actors.get(address);
      return actor?.cell && { phase: actor.cell.machine.phase(), waiting: actor.mailbox.size() };
    },
    journalOf: (address) => lives.journalOf(address)?.read(),
    deadLetters: mail.deadLetters,
    async farewell() {
      const { clock } = options;
      const endMs = clock.uptimeMs() + farewellMsMax;
      while (links.isWaiting() && clock.uptimeMs() < endMs) await new Promise(setImmediate);
      links.flush();
      return mail.deadLetters();
    },
    stats: (wanted) => statsOf(ground, wanted),
  };
}

/** Makes the parts of a shard; each finds the others when it needs them. */
function createGround(options: ShardOptions): ShardGround {
  const { clock, peer } = options;
  const ground = { options, actors: new Map() } as { -readonly [Part in keyof ShardGround]: ShardGround[Part] };
  ground.faults = createFaultEngine({
    faults: [],
    // Links of different shards draw different numbers.
    seed: mix32(options.seed, peer),
    control: noControl,
    uptimeMs: clock.uptimeMs,
    callLater: (delayMs, body) => clock.at(clock.uptimeMs() + delayMs, body),
  });
  const { faults, actors } = ground;
  ground.wallMs = (address) => Date.now() + (faults.active() ? Math.floor(faults.skewMs(address)) : 0);
  ground.turns = createShardTurns(ground);
  const { enqueue } = ground.turns;
  ground.links = createShardLinks(ground);
  ground.mail = createShardMail({ clock, faults, actors, sendAway: ground.links.send, enqueue });
  ground.deliver = (actor, event) => force(actor, event, enqueue);
  ground.timers = createShardTimers(clock, ground.deliver);
  ground.deadlines = createAskDeadlines(clock, (actor, ask) => expire(ground, actor, ask));
  ground.devices = createShardDevices(ground);
  ground.lives = createShardLives(ground);
  ground.steps = createShardSteps(ground);
  return ground;
}

function createShardLinks(ground: ShardGround): Links {
  const { peer, director } = ground.options;
  return createLinks({
    self: peer,
    locate: (address) => director.locate(address),
    receive: (piece) => ground.mail.arrive(piece),
    undelivered: (piece, reason) => ground.mail.undelivered(piece, reason),
    unsendable({ from, to, body }, { message }) {
      const actor = ground.actors.get(from);
      const type = (body as ShardEvent | undefined)?.type ?? "an answer";
      const reason = `Cannot send "${type}" from "${from}" to "${to}": ${message}, messages are plain data`;
      if (actor) ground.lives.exit(actor, { crashed: true, reason });
    },
    wake: () => ground.turns.schedule(),
  });
}

function expire({ deliver }: ShardGround, actor: ShardActor, ask: AskId): void {
  const from = actor.pending.get(ask);
  if (from === undefined || !actor.pending.delete(ask)) return;
  deliver(actor, { type: "failed", ask, from, reason: "timeout" } as ShardEvent);
}

type LifeControl = Pick<ShardControl, "stop" | "kill" | "pause" | "resume" | "gone" | "notify">;

function lifeControlOf({ actors, lives, links, mail, turns, deliver }: ShardGround): LifeControl {
  return {
    stop(address, incarnation) {
      const actor = lives.living(address, incarnation);
      if (!actor) return;
      if (actor.cell?.machine.handles("stop")) deliver(actor, { type: "stop" });
      else lives.exit(actor, { crashed: false, reason: "stopped" });
    },
    kill(address, incarnation, how) {
      const actor = lives.living(address, incarnation);
      if (actor) lives.exit(actor, how);
    },
    pause(address) {
      const actor = actors.get(address);
      if (actor) actor.isPaused = true;
    },
    resume(address) {
      const actor = actors.get(address);
      if (!actor?.isPaused) return;
      actor.isPaused = false;
      if (actor.mailbox.size() > 0) turns.enqueue(actor);
    },
    gone(address) {
      links.forget(address);
      lives.failAsksTo(address);
    },
    notify(address: Address, event: ActorEvent) {
      const actor = actors.get(address);
      const about = "address" in event ? event.address : address;
      if (actor && !mail.isCut(about, address, event.type)) deliver(actor, event);
    },
  };
}

function faultControlOf(faults: FaultEngine): Pick<ShardControl, "beginFault" | "endFault"> {
  const ends = new Map<number, () => void>();
  return {
    beginFault: (id, fault) => ends.set(id, faults.begin(fault)).size > 0,
    endFault(id) {
      ends.get(id)?.();
      return ends.delete(id);
    },
  };
}

function statsOf({ actors, steps }: ShardGround, { collects = false }: StatsOptions = {}): ShardStats {
  if (collects) collectGarbage();
  const { used_heap_size: heapUsedBytes, total_heap_size: heapTotalBytes } = getHeapStatistics();
  const [resident] = actors.size === 1 ? actors.keys() : [];
  const who = resident === undefined ? {} : { resident };
  return { actors: actors.size, ...who, steps: steps.taken(), heapUsedBytes, heapTotalBytes };
}

function collectGarbage() {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
