/** The networks of an engine that have one name. Requests at the same time can make several: only ids are unique. */
export type Networks = {
  /** Created: RFC 3339, as the engine has it. */
  list(): Promise<readonly { readonly Id: string; readonly Created: string }[]>;
  /** Does nothing where the engine knows of one already. */
  create(): Promise<void>;
  /** Does nothing where containers are in it, or where it is gone. */
  remove(id: string): Promise<void>;
};

/**
 * Answers the id of the oldest network, and creates one where there is none. Builders that create one at the same time
 * agree by that on one network; the others are removed, since a name that two networks have cannot be used.
 */
export const oneNetwork = async (networks: Networks) => {
  const found = await networks.list();
  if (found.length === 0) await networks.create();
  const all = found.length === 0 ? await networks.list() : found;
  const [oldest, ...others] = [...all].sort(
    (one, other) => compare(one.Created, other.Created) || compare(one.Id, other.Id),
  );
  for (const { Id } of others) await networks.remove(Id);
  return oldest?.Id;
};

const compare = (one: string, other: string) => (one < other ? -1 : Number(one > other));
