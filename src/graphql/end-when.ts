/**
 * The source's values until `ended` resolves; its value, when there is one, is the last. Unlike a generator it stops at
 * once although the source has nothing to say, and it always tells the source to stop.
 */
export function endWhen<Value>(source: AsyncIterator<Value>, ended: Promise<Value | null>): AsyncGenerator<Value> {
  let isOver = false;
  const over: IteratorReturnResult<undefined> = { done: true, value: undefined };

  async function stop(): Promise<IteratorReturnResult<undefined>> {
    if (isOver) return over;
    isOver = true;
    // The source may be waiting for an event that never comes: nobody waits for it.
    void source.return?.()?.then(undefined, () => {});
    return over;
  }
  async function end(last: Value | null): Promise<IteratorResult<Value>> {
    if (isOver) return over;
    await stop();
    return last === null ? over : { done: false, value: last };
  }
  return {
    next: async () => (isOver ? over : Promise.race([source.next(), ended.then(end)])),
    return: stop,
    throw: async (error: unknown) => {
      await stop();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
