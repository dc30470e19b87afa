// A process of its own for the test that compares transcripts: prints the hash of the seed it is given.
import { transcriptHash } from "./transcript.ts";

process.stdout.write(await transcriptHash(Number(process.argv[2])));
