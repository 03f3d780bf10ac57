/** Reads server-sent events, without the empty lines between them, until `count` of them came. */
export const framesOf = async (stream: ReadableStream<Uint8Array>, count: number) => {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  const frames: string[] = [];
  let rest = "";
  while (frames.length < count) {
    const { value, done } = await reader.read();
    if (done) break;
    const blocks = decoder.decode(value, { stream: true }).split("\n\n");
    rest += blocks.shift();
    for (const block of blocks) {
      frames.push(rest);
      rest = block;
    }
  }
  reader.releaseLock();
  return frames.slice(0, count);
};
