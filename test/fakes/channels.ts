import type * as z from 'zod';
import type { Mail, Notice } from '../../aws/mail.ts';
import type { PullRequest } from '../../aws/pull-requests.ts';
import type { Memory } from '../../aws/told.ts';
import type { Means } from '../../notifiers/list.ts';
import type { ApprovalWorld } from './approval-world.ts';
import { FakeSlack } from './slack.ts';

/** What a channel keeps, in memory. */
export class FakeMemory implements Memory {
  readonly rows = new Map<string, unknown>();

  recall<Schema extends z.ZodType>(channel: string, about: string, schema: Schema): Promise<z.output<Schema> | undefined> {
    const row = this.rows.get(`${channel} ${about}`);
    return Promise.resolve(row === undefined ? undefined : schema.parse(row));
  }

  keep(channel: string, about: string, row: object): Promise<void> {
    this.rows.set(`${channel} ${about}`, row);
    return Promise.resolve();
  }
}

/** Everything outside that channels tell: it keeps what it is sent, and fails when it is told to. */
export class Outside {
  readonly memory = new FakeMemory();
  readonly slack = new FakeSlack();
  readonly mails: Mail[] = [];
  readonly notices: Notice[] = [];
  readonly comments = new Map<string, { text: string; token: string }>();
  readonly requests: PullRequest[] = [];
  /** Calls that reached the outside. */
  calls = 0;
  /** The call that fails next, counted from now on; 0: none. */
  failing = 0;

  /** New messages, whatever the channel: mails, notices, Slack messages, comments. */
  get posted(): number {
    return this.mails.length + this.notices.length + this.slack.messages.length + this.comments.size;
  }

  /** Everything as it stands outside now. */
  get sent(): string {
    return JSON.stringify([this.mails, this.notices, this.slack.messages, [...this.comments]]);
  }

  means(world: ApprovalWorld): Means {
    return {
      records: {
        registry: () => Promise.resolve(world.registry),
        release: (id) => world.readRelease('', id),
        environments: () => Promise.resolve([...world.environments.values()]),
        targets: (release, environment) => world.listTargets('', release, environment),
        approval: (id) => world.findApproval('', id),
        halt: () => world.findHalt(),
        delegations: () => world.listDelegations(''),
      },
      memory: this.memory,
      makeLink: ({ id }, approver) => Promise.resolve(world.link(approver, id)),
      sendMail: (mail) => this.#call(() => void this.mails.push(mail)),
      publish: (notice) => this.#call(() => void this.notices.push(notice)),
      doorUrl: 'https://door.example',
      slack: { post: (...it) => this.#call(() => this.slack.post(...it)), update: (...it) => this.#call(() => this.slack.update(...it)) },
      pullRequests: () => Promise.resolve(this.requests),
      // With the same token it is the same comment, as CodeCommit has it.
      postComment: ({ id }, text, token) =>
        this.#call(() => {
          const name = `${id}-${token}`;
          if (!this.comments.has(name)) this.comments.set(name, { text, token });
          return name;
        }),
      updateComment: (comment, text) =>
        this.#call(() => {
          const known = this.comments.get(comment);
          if (known === undefined) return 'gone' as const;
          known.text = text;
          return 'updated' as const;
        }),
      now: world.now,
    };
  }

  async #call<T>(run: () => T | Promise<T>): Promise<T> {
    this.calls += 1;
    this.failing -= 1;
    if (this.failing === 0) throw new Error('the outside is down');
    return await run();
  }
}
