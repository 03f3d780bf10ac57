/** A web stream of what an async iterable gives, at the pace it is read; cancelling ends the iterable. */
export const webStream = (content: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const iterator = content[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
};
