import type { Attack } from "../attack.ts";
import { floodWebSockets, frame, runPod } from "../web_socket.ts";

const oversized = Buffer.from([0x82, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const says = [
  /* Fragments without end, a byte each. */ Buffer.concat(Array(2_000).fill(frame("x", { opcode: 0, isFinal: false }))),
  /* Pings without end. */ Buffer.concat(Array(2_000).fill(frame("ping", { opcode: 9 }))),
  /* A length that no memory has. */ oversized,
  /* What is not masked. */ frame("\0unmasked", { isMasked: false }),
  /* Bits that mean nothing. */ frame("\0x", { opcode: 0x7b }),
  /* Channels that there are not, and empty messages. */ Buffer.concat(Array(1_000).fill(frame("\x7fx"))),
  /* A message that never is whole, 64 KB at a time. */ frame("x".repeat(65_536), { opcode: 0, isFinal: false }),
  frame("\0".repeat(1_000_000)),
];

/** Everything that a WebSocket's frames can be and should not. */
export const webSocketFrames: Attack = {
  name: "WebSocket frames",
  who: "admin",
  async run(attacker) {
    const pod = await runPod(attacker.target, attacker.signal);
    const first = frame("", { isFinal: false });
    await floodWebSockets(attacker, {
      count: 2 * says.length,
      path: `${pod}/exec?command=cat&stdin=1&stdout=1`,
      protocol: "v5.channel.k8s.io",
      says: (index) =>
        Buffer.concat([...(index % says.length === 0 ? [first] : []), says[index % says.length] as Buffer]),
    });
  },
};
