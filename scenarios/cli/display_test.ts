import { assert, test } from "../../properties/house/test.ts";
import { createDisplay } from "./display.ts";

function recorder(isTTY: boolean) {
  let text = "";
  const stream = {
    isTTY,
    columns: 20,
    write(piece: string) {
      text += piece;
    },
  };
  return { stream, text: () => text };
}

test("createDisplay() writes only final lines, once each, where nothing moves", () => {
  const { stream, text } = recorder(false);
  const display = createDisplay(stream);
  display.note("begin");
  display.set("nodes", "1 of 2");
  display.set("nodes", "2 of 2", { isFinal: true });
  display.set("nodes", "2 of 2", { isFinal: true });
  display.end();
  assert.equal(text(), "begin\n2 of 2\n");
});

test("createDisplay() rewrites its lines on a terminal, and keeps notes above them", () => {
  const { stream, text } = recorder(true);
  const display = createDisplay(stream);
  display.set("a", "first");
  display.set("b", "a line that is far too long for this terminal");
  display.note("said");
  const written = text();
  assert.equal(written.split("\u001b[1A").length, 2);
  assert.equal(written.split("\u001b[2A").length, 2);
  assert.ok(written.endsWith("said\nfirst\na line that is far \n"), JSON.stringify(written));
});
