import { createClient } from "@libsql/client";

/** A connection of somebody else to a database. */
export const connectTo = (url: string) => {
  const client = createClient({ url });
  return Object.assign(client, { [Symbol.dispose]: () => client.close() });
};
