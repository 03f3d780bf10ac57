import type { builder } from "../../services/builder/service.ts";

type Open = typeof builder.open;

/**
 * Opens a builder in a place that no other is in. Test files run in threads of one process: a builder there would
 * take the containers of another thread's builder for its own predecessor's, and remove them.
 */
export const inPlaceOfItsOwn =
  (open: Open): Open =>
  async (base) => {
    const opened = await open(base);
    const { identity } = opened;
    return { ...opened, identity: { ...identity, place: `${identity.place}:${identity.id}` } };
  };
