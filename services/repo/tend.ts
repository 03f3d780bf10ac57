import { changeRepository } from "./change-repository.ts";
import { grace, type Repo } from "./context.ts";
import { showCurrent, tidy } from "./show-current.ts";
import { isSigned } from "./sign-database.ts";
import { forgetPast } from "./store/commit.ts";
import { currentNumber, findGeneration } from "./store/current.ts";

/** Sees to it that there is a repository, signed by the key in use, and that the plain files are its. */
export const tend = async (context: Repo) => {
  if (await isOutdated(context)) await changeRepository(context, { put: [] });
  await showCurrent(context);
  await tidy(context, grace);
  await forgetPast(context.state, context.now());
};

const isOutdated = async ({ state: { read } }: Repo) => {
  const generation = await findGeneration(read, await currentNumber(read));
  return !generation || !(await isSigned(read, generation));
};
