type Kept = {
  readonly revision: string;
  /** By what was asked for. */
  readonly answers: Map<string, Promise<Uint8Array<ArrayBuffer>>>;
};

/** What `make` gives as JSON in UTF-8, or what it gave before while nothing has changed since. */
export type Answers = (
  name: string,
  make: () => Promise<unknown>,
) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Answers that are kept until one of the owners of what they show has changed it. `currentRevision` tells each
 * caller what is so when it asks; so whoever was told of a change sees it.
 */
export const openAnswers = (currentRevision: () => Promise<string>): Answers => {
  let kept: Kept = { revision: "", answers: new Map() };

  return async (name, make) => {
    const revision = await currentRevision();
    if (kept.revision !== revision) kept = { revision, answers: new Map() };
    const { answers } = kept;
    const known = answers.get(name);
    if (known) return known;
    // Made after the revision was read: of that revision, or of a newer one, for which it is made again.
    const made = make().then(encode);
    answers.set(name, made);
    made.catch(() => answers.delete(name));
    return made;
  };
};

const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
