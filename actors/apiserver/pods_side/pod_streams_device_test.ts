import { assert, test } from "../../../properties/house/test.ts";
import { httpsFailures } from "../../../runtime/devices/https_client_rules.ts";
import type { HttpsHead, HttpsPiece } from "../../../runtime/mod.ts";
import type { AnswerSink } from "./ask_pod_device.ts";
import { createPodStreams } from "./pod_streams_device.ts";

function stage() {
  const streams = createPodStreams();
  const told: (HttpsHead | HttpsPiece)[] = [];
  const did: string[] = [];
  let sink: AnswerSink | undefined;
  const nothing = () => {};
  const handlers = { opened: nothing, failed: nothing, received: nothing, taken: nothing, broken: nothing };
  const beginning = streams.begin(
    (given) => {
      sink = given;
      const write = (data: string, taken: (isTaken: boolean) => void) => {
        did.push(`write ${data}`);
        taken(data !== "lost");
      };
      return { handlers, take: () => void did.push("take"), write, stop: () => void did.push("stop") };
    },
    (head) => void told.push(head),
  );
  const pod = sink ?? assert.fail("it was not asked");
  const stream = () => {
    const [head] = told;
    return head?.ok && "stream" in head ? head.stream : assert.fail("it has not begun");
  };
  const read = () => streams.read(stream(), (piece) => void told.push(piece));
  return { streams, beginning, pod, told, did, stream, read };
}

const piece = (data: string, isLast = false) => ({ ok: true, data, isLast });

test("a piece is told of as soon as it is there and somebody waits, and no more is taken from the pod before", () => {
  const { pod, told, did, read } = stage();
  pod.head(200, [["a", "b"]]);
  assert.deepEqual(told, [{ ok: true, code: 200, headers: [["a", "b"]], stream: 1 }]);
  pod.chunk("one");
  pod.chunk("two");
  assert.deepEqual(did, []);
  read();
  assert.deepEqual([told[1], did], [piece("onetwo"), ["take"]]);
  read();
  assert.equal(told.length, 2);
  pod.chunk("three");
  pod.chunk("four");
  pod.end();
  assert.deepEqual(told[2], piece("three"));
  read();
  read();
  assert.deepEqual(told.slice(3), [piece("four"), piece("", true)]);
  read();
  assert.deepEqual(told.at(-1), httpsFailures.closed);
});

test("an answer that does not begin, breaks off or is wanted no more is told of and given up", () => {
  const late = stage();
  late.beginning.giveUp(httpsFailures.tooSlow);
  assert.deepEqual([late.told, late.did], [[httpsFailures.tooSlow], ["stop"]]);
  const refused = stage();
  refused.pod.failed(httpsFailures.refused);
  refused.beginning.giveUp(httpsFailures.tooSlow);
  assert.deepEqual(refused.told, [httpsFailures.refused]);
  const broken = stage();
  broken.pod.head(200, []);
  broken.beginning.giveUp(httpsFailures.tooSlow);
  broken.pod.chunk("part");
  broken.pod.failed(httpsFailures.closed);
  broken.read();
  broken.read();
  assert.deepEqual(broken.told.slice(1), [piece("part"), httpsFailures.closed]);
  const unwanted = stage();
  unwanted.pod.head(200, []);
  unwanted.streams.close(unwanted.stream());
  assert.deepEqual(unwanted.did, ["stop"]);
});
