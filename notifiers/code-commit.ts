import * as z from 'zod';
import type { Memory } from '../aws/told.ts';
import type { PullRequest } from '../aws/pull-requests.ts';
import { sha256 } from '../domain/digest.ts';
import { pullRequestComment } from '../domain/pull-request-comment.ts';
import { environmentLines } from '../domain/release-summary.ts';
import type { Notifier, Records } from './notifier.ts';

interface Uses {
  readonly records: Records;
  readonly memory: Memory;
  /** Open pull requests that hold the commit. */
  readonly pullRequests: (repository: string, commit: string) => Promise<readonly PullRequest[]>;
  readonly postComment: (pullRequest: PullRequest, text: string, token: string) => Promise<string>;
  readonly updateComment: (comment: string, text: string) => Promise<'updated' | 'gone'>;
}

const Posted = z.object({ comment: z.string(), sequence: z.int() });

/** The same text posted again is the same request; another text under the same token would be refused (CodeCommit API: PostCommentForPullRequest). */
const tokenOf = (about: string, text: string): string => `drawbridge-${sha256(`${about} ${text}`)}`;

const name = 'code-commit';

/** A comment on the pull request that holds the commit: made once for an application, changed in place. */
export const codeCommit: Notifier<Uses> = {
  name,
  wants: ({ about, kind }) => about !== 'target' && kind !== 'queued' && kind !== 'planned' && kind !== 'built' && kind !== 'reminder',
  tell: async ({ records, memory, pullRequests, postComment, updateComment }, { release: id }) => {
    const release = await records.release(id);
    // An upload comes from no repository here, whatever commit its uploader names.
    if (release.source.kind !== 'codecommit') return;
    for (const pullRequest of await pullRequests(release.source.repository, release.commit)) {
      const [environments, targets] = await Promise.all([records.environments(id), records.targets(id)]);
      const text = pullRequestComment(release, environmentLines(release, environments, targets));
      const about = `${pullRequest.repository}#${pullRequest.id}#${release.application}`;
      const known = await memory.recall(name, about, Posted);
      // A newer release has the comment; the older one's news are no news there.
      if (known !== undefined && known.sequence > release.sequence) continue;
      const kept = known !== undefined && (await updateComment(known.comment, text)) === 'updated' ? known.comment : undefined;
      // By its token a comment that was posted and not noted is not posted again (CodeCommit API: PostCommentForPullRequest).
      const comment = kept ?? (await postComment(pullRequest, text, tokenOf(about, text)));
      await memory.keep(name, about, { comment, sequence: release.sequence });
    }
  },
};
