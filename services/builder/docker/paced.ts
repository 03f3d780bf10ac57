import type { Pause } from "#shared/pause.ts";
import type { Printed } from "./demultiplex.ts";

/** At most `bytes` are read in `milliseconds`, 20 MiB a second: far more than a log that a person can read. */
const pace = { bytes: 2 * 1024 ** 2, milliseconds: 100 };

/**
 * What a program prints, at a limited pace. A program that prints faster waits: read as fast as `yes` prints, output
 * becomes garbage faster than the runtime collects it, and the process grows by hundreds of MiB.
 */
export async function* paced(
  output: AsyncIterable<Printed>,
  pause: Pause,
): AsyncGenerator<Printed> {
  let room = pace.bytes;
  for await (const printed of output) {
    yield printed;
    room -= printed.bytes.byteLength;
    if (room > 0) continue;
    await pause(pace.milliseconds);
    room = pace.bytes;
  }
}
