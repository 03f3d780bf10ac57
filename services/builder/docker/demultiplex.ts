export type Printed = { readonly stream: "stdout" | "stderr"; readonly bytes: Uint8Array };

const headerBytes = 8;

/**
 * Takes apart what an engine sends of a process without a terminal, in order, as it comes.
 *
 * Source: Docker Engine API, ContainerAttach, "Stream format": stream, three zeros, length.
 */
export async function* demultiplex(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Printed> {
  let header = new Uint8Array(0);
  let stream: Printed["stream"] = "stdout";
  let left = 0;
  for await (let chunk of chunks) {
    while (chunk.byteLength > 0) {
      if (left === 0) {
        const wanted = headerBytes - header.byteLength;
        header = Uint8Array.from([...header, ...chunk.subarray(0, wanted)]);
        chunk = chunk.subarray(wanted);
        if (header.byteLength < headerBytes) break;
        stream = header[0] === 2 ? "stderr" : "stdout";
        left = new DataView(header.buffer).getUint32(4);
        header = new Uint8Array(0);
        continue;
      }
      const bytes = chunk.subarray(0, left);
      left -= bytes.byteLength;
      chunk = chunk.subarray(bytes.byteLength);
      yield { stream, bytes };
    }
  }
}
