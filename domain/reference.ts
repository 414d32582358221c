/** What was pushed: a branch or a tag. A release has exactly one of them. */
export interface Reference {
  readonly branch?: string | undefined;
  readonly tag?: string | undefined;
}

/** For a line of text: `main`, or `tag v1.0`. */
export const shortName = ({ branch, tag }: Reference): string => (tag === undefined ? (branch ?? '') : `tag ${tag}`);

/** For a sentence: `the branch main`, or `the tag v1.0`. */
export const inSentence = (reference: Reference): string => `the ${reference.tag === undefined ? 'branch ' : ''}${shortName(reference)}`;

/** As git calls it; a branch and a tag may have the same short name. */
export const fullName = ({ branch = '', tag }: Reference): string => (tag === undefined ? `refs/heads/${branch}` : `refs/tags/${tag}`);
