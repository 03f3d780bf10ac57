/** An AUR record without a maintainer, submitter or times. */
export const noAurRecord = {
  maintainer: null,
  comaintainers: [],
  submitter: null,
  lastModified: null,
  outOfDate: null,
};
