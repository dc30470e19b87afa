import { assert, test } from "../../properties/house/test.ts";
import { playTranscript } from "../../properties/stages/supervision/transcript.ts";

/** Each transcript is what it plays: events, and indented below each what is ordered. */
const transcripts: Readonly<Record<string, string>> = {
  "begins a life when it is ready, and restarts it with a backoff that doubles": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    begun shop#0
    ended shop#0 crashed: no bread
      leave shop#0: no bread
      report that shop has crashed: no bread
      restart shop#1 after 10 ms
    pass 10
    ready shop#1
      begin shop#1
    ended shop#1 crashed: no bread
      leave shop#1: no bread
      report that shop has crashed: no bread
      restart shop#2 after 20 ms
    pass 60000
    ready shop#2
      begin shop#2
    ended shop#2 crashed: no bread, much later
      leave shop#2: no bread, much later
      report that shop has crashed: no bread, much later
      restart shop#3 after 10 ms`,

  "gives up a root that crashes too often": `
    spawn shop restartsMax=1
      admit shop#0
    ready shop#0
      begin shop#0
    ended shop#0 crashed: no bread
      leave shop#0: no bread
      report that shop has crashed: no bread
      restart shop#1 after 10 ms
    ready shop#1
      begin shop#1
    ended shop#1 crashed: no flour
      leave shop#1: no flour
      report that shop has crashed: no flour
      remove shop
      give up shop: Cannot restart actor "shop": 1 restarts in 60000 ms, the last end was: no flour`,

  "makes the parent crash with all its children when one of them crashes too often": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn oven by shop#0
      admit shop/oven#0
    ready shop/oven#0
      begin shop/oven#0
    spawn till by shop#0 restartsMax=0
      admit shop/till#0
    ready shop/till#0
      begin shop/till#0
    ended shop/till#0 crashed: no change
      leave shop/till#0: no change
      report that shop/till has crashed: no change
      tell shop: shop/till exited for good
      remove shop/till
      end shop/oven#0: its parent is gone
      remove shop/oven
      end shop#0: Cannot restart actor "shop/till": 0 restarts in 60000 ms, the last end was: no change
      report that shop has crashed: Cannot restart actor "shop/till": 0 restarts in 60000 ms, the last end was: no change
      restart shop#1 after 10 ms`,

  "restarts by the child's own terms": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn oven by shop#0 temporary
      admit shop/oven#0
    ready shop/oven#0
      begin shop/oven#0
    spawn till by shop#0 transient
      admit shop/till#0
    ready shop/till#0
      begin shop/till#0
    ended shop/oven#0 crashed: burnt
      leave shop/oven#0: burnt
      report that shop/oven has crashed: burnt
      tell shop: shop/oven exited for good
      remove shop/oven
    ended shop/till#0 crashed: stuck
      leave shop/till#0: stuck
      report that shop/till has crashed: stuck
      tell shop: shop/till exited, restarting
      restart shop/till#1 after 10 ms
    ready shop/till#1
      begin shop/till#1
    ended shop/till#1 well: closing time
      leave shop/till#1: closing time
      tell shop: shop/till exited for good
      remove shop/till`,

  "stops children before their parent, one after the other, the last one first": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn oven by shop#0 shutdownMs=700
      admit shop/oven#0
    ready shop/oven#0
      begin shop/oven#0
    spawn till by shop#0
      admit shop/till#0
    ready shop/till#0
      begin shop/till#0
    stop shop
      ask shop/till#0 to stop within 5000 ms
    stop shop
    ended shop/till#0 well: ended
      leave shop/till#0: ended
      tell shop: shop/till exited for good
      remove shop/till
      ask shop/oven#0 to stop within 700 ms
    overdue shop/oven#0
      end shop/oven#0: stopped
      tell shop: shop/oven exited for good
      remove shop/oven
      ask shop#0 to stop within 5000 ms
    ended shop#0 crashed: tripped on the way out
      leave shop#0: tripped on the way out
      remove shop`,

  "stops at once what waits to be started, and lets a paused one hear that it is to stop": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    begun shop#0
    spawn oven by shop#0
      admit shop/oven#0
    pause shop
      pause shop
    stop shop
      leave shop/oven#0: stopped
      tell shop: shop/oven exited for good
      remove shop/oven
      resume shop
      ask shop#0 to stop within 5000 ms
    ready shop/oven#0`,

  "starts a child anew once the one that leaves its place is gone": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn till by shop#0
      admit shop/till#0
    ready shop/till#0
      begin shop/till#0
    stop shop/till
      ask shop/till#0 to stop within 5000 ms
    spawn till by shop#0
    ended shop/till#0 well: ended
      leave shop/till#0: ended
      tell shop: shop/till exited for good
      remove shop/till
      admit shop/till#1`,

  "leaves no child behind that was to take a place when its parent crashed": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn till by shop#0
      admit shop/till#0
    ready shop/till#0
      begin shop/till#0
    stop shop/till
      ask shop/till#0 to stop within 5000 ms
    spawn till by shop#0
    ended shop#0 crashed: fire
      end shop/till#0: its parent is gone
      remove shop/till
      leave shop#0: fire
      report that shop has crashed: fire
      restart shop#1 after 10 ms`,

  "tells those who monitor a life when it is over, and at once when there is none": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn guest
      admit guest#0
    monitor guest by shop
    monitor stranger by shop
      tell shop: stranger is down
    ready guest#0
      begin guest#0
    ended guest#0 crashed: fainted
      leave guest#0: fainted
      tell shop: guest is down
      report that guest has crashed: fainted
      restart guest#1 after 10 ms
    monitor guest by shop
      tell shop: guest is down`,

  "keeps down who is held down, and begins at once when it is let go": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    crash shop: a fault
      end shop#0: a fault
      report that shop has crashed: a fault
      restart shop#1 after 10 ms
    hold shop
    pass 10
    ready shop#1
    release shop
      begin shop#1
    ready shop#1`,

  "refuses a root where somebody lives or of a kind there is none; a child that cannot be is its parent's crash": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    spawn shop
      error: Cannot start actor "shop": its address is taken
    spawn bank unknown
      error: Cannot start actor "bank": the cast has no actor of kind "unknown"
    spawn oven by shop#0 unknown
      end shop#0: Cannot start actor "shop/oven": the cast has no actor of kind "unknown"
      report that shop has crashed: Cannot start actor "shop/oven": the cast has no actor of kind "unknown"
      restart shop#1 after 10 ms
    ready shop#1
      begin shop#1
    spawn till by shop#1
      admit shop/till#0
    refused shop/till#0: its module imports "node:net"
      remove shop/till
      end shop#1: its module imports "node:net"
      report that shop has crashed: its module imports "node:net"
      restart shop#2 after 20 ms`,

  "takes no notice of what is told of lives that are over": `
    spawn shop
      admit shop#0
    ready shop#0
      begin shop#0
    ended shop#0 crashed: no bread
      leave shop#0: no bread
      report that shop has crashed: no bread
      restart shop#1 after 10 ms
    ended shop#0 crashed: no bread
    overdue shop#0
    spawn till by shop#0
    ready shop#0
    ready shop#1
      begin shop#1
    begun shop#0`,
};

for (const [what, transcript] of Object.entries(transcripts)) {
  test(`supervise() ${what}`, () => {
    const lines = transcript.split("\n").map((line) => line.replace(/^ {4}/, ""));
    const expected = lines.filter((line) => line !== "").join("\n");
    assert.equal(playTranscript(expected), expected);
  });
}
