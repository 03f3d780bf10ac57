/** Of a package about whose people the AUR says nothing. */
export const noAurRecord = {
  maintainer: null,
  comaintainers: [],
  submitter: null,
  lastModified: null,
  outOfDate: null,
};
